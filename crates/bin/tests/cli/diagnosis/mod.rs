//! Diagnosis: `countersign doctor`, `config check`, `mail test`, and messages for the mistakes of new users.

mod access;
mod doctor;
mod mail;
mod mistakes;
mod startup;
