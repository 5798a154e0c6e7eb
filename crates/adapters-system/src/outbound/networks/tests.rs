use super::*;

#[track_caller]
fn assert_network(expected: Network, addresses: &[&str]) {
    for address in addresses {
        assert_eq!(Network::of(address.parse().unwrap()), expected, "{address}");
    }
}

#[test]
fn public_address_is_public() {
    assert_network(
        Network::Public,
        &[
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "93.184.216.34",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00:1450::1",
            "3ffe:ffff::1",
        ],
    );
}

#[test]
fn private_address_is_private() {
    assert_network(
        Network::Private,
        &[
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "172.16.0.0",
            "172.31.255.255",
            "192.168.0.0",
            "192.168.255.255",
            "198.18.0.0",
            "198.19.255.255",
            "::1",
            "fc00::",
            "fd12:3456::1",
            "fdff:ffff::1",
        ],
    );
}

#[test]
fn special_address_is_never_private() {
    assert_network(
        Network::Special,
        &[
            "0.0.0.0",
            "0.255.255.255",
            "100.100.100.200",
            "168.63.129.16",
            "169.254.0.0",
            "169.254.169.254",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::2",
            "::127.0.0.1",
            "::8.8.8.8",
            "64:ff9b:1::a00:1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:1ff:ffff::1",
            "2001:db8::1",
            "3fff::1",
            "3fff:fff::1",
            "4000::1",
            "5f00::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
        ],
    );
}

#[test]
fn embedded_v4_address_determines_network() {
    assert_network(
        Network::Public,
        &["::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1"],
    );
    assert_network(
        Network::Private,
        &[
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::192.168.0.1",
            "2002:7f00:1::",
            "2002:c0a8:1:ffff::1",
        ],
    );
    assert_network(
        Network::Special,
        &[
            "::ffff:0.0.0.0",
            "::ffff:169.254.169.254",
            "64:ff9b::169.254.169.254",
            "64:ff9b::255.255.255.255",
            "2002:a9fe:a9fe::",
        ],
    );
}

#[test]
fn reach_allows_private_networks_only_when_private() {
    for (address, in_public, in_private) in [
        ("1.1.1.1", true, true),
        ("10.0.0.1", false, true),
        ("::1", false, true),
        ("169.254.169.254", false, false),
        ("fe80::1", false, false),
    ] {
        let address = address.parse().unwrap();
        assert_eq!(Reach::Public.allows(address), in_public, "{address}");
        assert_eq!(Reach::Private.allows(address), in_private, "{address}");
    }
}
