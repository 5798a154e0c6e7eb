//! The administration APIs of Aries and Aero2.

mod aero2;
mod aries;
