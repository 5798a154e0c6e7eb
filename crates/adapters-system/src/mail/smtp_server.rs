//! Mail server for tests, with only the commands that a delivery needs (RFC 5321).

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone, Default)]
pub(super) struct SmtpServer {
    /// All received lines.
    lines: Arc<Mutex<Vec<String>>>,
    /// Replies to the next messages, in reverse order. The server accepts all others.
    answers: Arc<Mutex<Vec<&'static str>>>,
}

impl SmtpServer {
    /// Starts a server that gives these replies to the first messages. Returns its port.
    pub(super) async fn start(answers: &[&'static str]) -> (Self, u16) {
        let server = Self::default();
        let reversed = answers.iter().rev().copied();
        server.answers.lock().unwrap().extend(reversed);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let listening = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(listening.clone().converse(stream));
            }
        });
        (server, port)
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// Returns the number of lines with this prefix.
    pub(super) fn count(&self, beginning: &str) -> usize {
        let lines = self.lines();
        lines
            .iter()
            .filter(|line| line.starts_with(beginning))
            .count()
    }

    async fn converse(self, mut stream: TcpStream) -> std::io::Result<()> {
        let (input, mut output) = stream.split();
        let mut input = BufReader::new(input).lines();
        let mut is_message = false;
        output.write_all(b"220 mail.example.org\r\n").await?;
        while let Some(line) = input.next_line().await? {
            let verb = line.split(' ').next().unwrap_or_default().to_owned();
            self.lines.lock().unwrap().push(line);
            let answer = match &*verb {
                "." => {
                    is_message = false;
                    let answer = self.answers.lock().unwrap().pop();
                    answer.unwrap_or("250 Taken")
                }
                _ if is_message => continue,
                "EHLO" => "250-mail.example.org\r\n250-AUTH PLAIN\r\n250 8BITMIME",
                "AUTH" => "235 Welcome",
                "DATA" => {
                    is_message = true;
                    "354 Go on"
                }
                "QUIT" => "221 Bye",
                _ => "250 OK",
            };
            output.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        Ok(())
    }
}
