use super::*;

fn device() -> Interaction {
    let code = UserCode::parse("WDJB-MJHT").unwrap();
    Interaction::new(Purpose::Device(code), NOW)
}

#[test]
fn device_always_waits_for_the_button() {
    let world = World::new();
    for first_party in [false, true] {
        let client = Client {
            first_party,
            ..confidential_client()
        };
        let mut interaction = device();
        let page = Step::Show(Page::Device);
        assert_eq!(world.next_for(&interaction, &client), page, "{first_party}");
        interaction.done.consented = true;
        let approved = Step::Done(Outcome::DeviceApproved);
        assert_eq!(world.next_for(&interaction, &client), approved);
    }
    assert_eq!(alloc::format!("{:?}", device().purpose), "Device(..)");
}

#[test]
fn device_asks_for_required_factor_first() {
    let mut world = World::new();
    world.mfa = MfaPolicy::Required;
    assert_eq!(world.next(&device()), Step::Show(Page::Enroll));
}
