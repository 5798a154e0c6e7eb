//! The contract as tests.

/// Makes a test of every sentence of the [contract](crate::contract).
///
/// Give it what makes an empty store and whatever has to live as long as it does, such as the folder it is
/// in: a future of a pair. The tests need `tokio` with `macros` and `rt-multi-thread`.
///
/// ```
/// use countersign_store_contract::MemoryStore;
///
/// countersign_store_contract::suite!(async { (MemoryStore::default(), ()) });
/// ```
#[macro_export]
macro_rules! suite {
    ($store:expr) => {
        $crate::suite! { @of $store;
            in_two_tenants {
                grants {
                    an_established_grant_is_found_as_it_was
                    facts_of_later_versions_are_found_as_they_were
                    a_long_authorization_is_found_as_it_was
                    an_unknown_grant_is_not_found
                    a_grant_is_established_once
                    establishing_leaves_a_revoked_or_expired_grant_as_it_is
                    a_crowd_that_establishes_one_grant_has_one_winner
                    a_crowd_that_establishes_many_grants_has_no_loser
                    revoking_marks_the_time_and_nothing_else
                    an_unknown_grant_cannot_be_revoked
                    the_first_time_of_a_revocation_stays
                    an_expired_grant_can_be_revoked
                    a_grant_that_a_crowd_rotates_and_revokes_ends_revoked
                }
                grants_of_people {
                    the_grants_of_a_session_are_listed_by_id
                    a_rotated_grant_is_still_of_its_session
                    all_grants_of_a_subject_are_revoked_and_no_other
                    the_grants_of_a_subject_to_one_client_are_revoked_and_no_other
                    a_crowd_that_revokes_all_counts_each_grant_once
                }
                rotation {
                    the_current_generation_rotates
                    a_later_generation_catches_up
                    an_earlier_generation_loses
                    a_revoked_grant_does_not_rotate
                    a_grant_rotates_until_the_second_it_expires
                    an_unknown_grant_does_not_rotate
                    a_rotation_touches_its_own_grant_alone
                    the_last_generation_stays_the_last
                    a_crowd_that_rotates_one_generation_has_one_winner
                    the_winner_of_a_rotation_is_the_one_that_is_stored
                }
                grants_by_model {
                    any_sequence_of_commands_is_answered_as_by_the_model
                }
                clients {
                    a_registered_client_is_found_as_it_was
                    a_registered_client_has_version_one
                    every_kind_of_client_is_found_as_it_was
                    an_unknown_client_is_not_found
                    a_taken_client_id_loses_and_changes_nothing
                    a_crowd_that_registers_one_client_has_one_winner
                    clients_are_listed_by_id
                }
                client_changes {
                    an_update_replaces_everything_about_a_client
                    an_unknown_client_cannot_be_updated
                    a_stale_update_of_a_client_loses
                    a_crowd_that_updates_one_client_has_one_winner
                    unknown_members_of_a_client_survive_an_update
                    deleting_a_client_takes_all_that_is_its_own
                    an_unknown_client_cannot_be_deleted
                    a_crowd_that_deletes_one_client_has_one_winner
                }
                client_secrets {
                    the_last_use_of_a_secret_is_never_set_back
                    several_uses_are_recorded_at_once
                    a_use_of_what_is_gone_is_passed_over
                    the_last_use_of_a_secret_that_stays_is_kept
                }
                client_origins {
                    the_origins_of_redirect_uris_are_known
                    a_disabled_client_has_no_origin
                    origins_follow_an_update
                    an_origin_of_two_clients_stays_with_the_second
                }
                users {
                    a_new_user_is_found_as_it_was
                    a_new_user_has_version_one
                    an_unknown_user_is_not_found
                    a_taken_id_or_address_loses_and_changes_nothing
                    a_crowd_that_takes_one_address_has_one_winner
                    users_are_listed_by_id
                    a_time_step_is_used_up_once_and_with_all_before_it
                    an_update_does_not_give_a_time_step_back
                    a_crowd_that_uses_one_time_step_has_one_winner
                    a_time_step_of_an_unknown_user_is_lost
                }
                user_versions {
                    an_update_replaces_what_administrators_edit
                    an_update_may_keep_the_address
                    an_unknown_user_cannot_be_updated
                    an_update_to_anothers_address_loses_and_changes_nothing
                    a_stale_update_of_a_user_loses
                    a_crowd_that_updates_one_user_has_one_winner
                    unknown_members_of_a_user_survive_an_update
                }
                user_commands {
                    a_password_hash_is_set_whatever_it_was
                    a_totp_secret_is_set_whatever_it_was
                    nothing_is_set_for_an_unknown_user
                    a_set_totp_secret_starts_time_steps_anew
                }
                user_changes {
                    an_address_is_verified_while_it_is_that_of_an_enabled_user
                    a_password_hash_is_replaced_while_it_is_that_of_an_enabled_user
                    a_totp_secret_is_replaced_while_it_is_that_of_an_enabled_user
                    a_crowd_that_replaces_one_password_hash_has_one_winner
                    a_crowd_that_replaces_one_totp_secret_has_one_winner
                }
                sessions {
                    a_new_session_is_found_as_it_was
                    a_session_is_found_with_its_user
                    a_session_of_nobody_is_not_found
                    a_session_is_inserted_once
                    the_sessions_of_a_user_are_listed_by_id
                    a_renewal_replaces_what_it_names
                    what_is_not_live_is_not_renewed
                }
                session_ends {
                    a_session_is_ended_once
                    all_sessions_of_a_user_are_ended_but_for_one
                    a_crowd_that_ends_one_session_has_one_winner
                }
                consents {
                    consent_is_of_one_user_for_one_client
                    later_consent_takes_the_place_of_earlier
                    the_consents_of_a_user_are_listed_by_client
                    consent_is_taken_back_once
                    consent_goes_with_its_client
                }
                passkeys {
                    a_new_passkey_is_found_as_it_was
                    a_taken_passkey_id_loses_and_changes_nothing
                    the_passkeys_of_a_user_are_listed_by_id
                    an_update_replaces_name_credential_and_last_use
                    an_unknown_passkey_cannot_be_updated
                    a_passkey_is_removed_by_its_owner_alone
                }
                recovery_codes {
                    a_recovery_code_is_used_once_by_its_owner
                    new_recovery_codes_take_the_place_of_all_earlier_ones
                    recovery_codes_that_are_left_are_counted
                    a_crowd_that_uses_one_recovery_code_has_one_winner
                    of_a_crowd_that_replaces_recovery_codes_one_is_the_last
                }
                devices {
                    a_new_device_is_found_as_it_was
                    a_device_is_inserted_once
                    the_devices_of_a_user_are_listed_by_id
                    a_device_is_forgotten_by_its_owner_alone
                    all_devices_of_a_user_are_forgotten_and_no_other
                }
                ephemera {
                    a_value_is_found_by_all_of_its_key
                    a_key_is_inserted_once
                    a_value_is_replaced_at_its_version
                    an_unknown_key_is_neither_replaced_nor_taken
                    a_value_is_taken_once
                    totals_come_in_the_order_of_the_keys
                    a_key_that_was_added_to_is_there
                    totals_and_versions_are_apart
                    keys_are_counted_by_kind
                }
                expiry_of_ephemera {
                    an_expired_value_is_not_found
                    an_expired_key_takes_no_value
                    an_expired_value_is_not_replaced
                    an_expired_value_is_not_taken
                    an_expired_total_is_zero
                    expired_keys_are_not_counted
                    an_expired_value_is_listed
                }
                ephemera_of_crowds {
                    a_crowd_that_inserts_one_key_has_one_winner
                    a_crowd_that_takes_one_key_has_one_winner
                    a_crowd_that_replaces_one_version_has_one_winner
                    additions_of_a_crowd_are_all_counted
                }
                signing_keys {
                    a_signing_key_is_listed_as_it_was
                    signing_keys_are_listed_oldest_first
                    the_version_counts_the_changes_of_the_set
                    a_change_at_the_current_version_wins
                    a_change_at_another_version_loses
                    a_change_of_a_client_leaves_the_version
                    a_crowd_that_changes_the_keys_has_one_winner
                    a_change_is_all_or_nothing
                }
                changes {
                    a_change_of_a_client_appears_with_its_version
                    a_change_of_signing_keys_appears_with_its_version
                    a_deleted_client_with_a_key_changes_the_keys
                    a_lost_race_makes_no_change
                    nothing_but_clients_and_keys_makes_a_change
                    a_change_is_read_from_the_place_before_it
                    a_feed_that_is_followed_comes_to_its_end
                    no_change_of_a_crowd_is_skipped
                }
                events {
                    a_command_that_wins_stores_its_event
                    a_command_that_loses_stores_no_event
                    a_command_that_fails_stores_no_event
                    what_brings_no_event_stores_none
                    of_a_crowd_the_event_of_the_winner_is_stored
                    an_event_is_listed_as_it_was
                    an_event_is_added_as_it_is_and_once
                }
                slices {
                    grants_of_a_session_come_in_slices
                    all_grants_come_in_slices
                    clients_come_in_slices
                    users_come_in_slices
                    sessions_of_a_user_come_in_slices
                    consents_of_a_user_come_in_slices
                    passkeys_of_a_user_come_in_slices
                    devices_of_a_user_come_in_slices
                    events_come_in_slices
                    ephemera_come_in_slices
                }
                transfer {
                    every_grant_is_listed_as_it_is
                    an_expiring_value_is_added_as_it_is_and_once
                    a_client_is_added_as_it_is_and_once
                    a_client_that_is_added_as_it_is_has_origins
                    a_user_is_added_as_it_is_and_once
                    the_last_time_step_is_the_latest_that_was_used_up
                    the_recovery_codes_of_a_user_are_listed
                }
            }
            in_one_tenant {
                housekeeping {
                    exactly_what_has_ended_is_removed
                    the_end_of_the_oldest_that_is_removed_is_told
                    a_revoked_grant_stays_until_it_expires
                    no_more_than_asked_for_is_removed_at_a_time
                    what_has_ended_is_found_wherever_it_is
                    a_grant_that_is_rotated_meanwhile_stays
                    what_has_ended_of_every_tenant_is_removed
                    a_removed_signing_key_is_a_change_of_its_set
                    a_recent_change_survives_a_sweep
                }
                housekeeping_of_people {
                    exactly_the_sessions_devices_and_values_that_ended_are_removed
                    no_more_sessions_devices_and_values_than_asked_for_are_removed
                    a_session_goes_when_it_expires_and_not_before
                }
                nodes {
                    the_lowest_generation_of_live_nodes_is_told
                    a_heartbeat_takes_the_place_of_the_last
                    a_node_that_is_not_alive_is_removed
                    a_node_that_has_left_does_not_count
                    heartbeats_of_a_crowd_are_all_noted
                }
                tenants {
                    tenants_with_rows_are_listed_by_id
                }
            }
        }
    };
    (@of $store:expr; $($run:ident { $($module:ident { $($sentence:ident)+ })+ })+) => {
        $($(mod $module {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $sentence() {
                    let (store, _kept) = $store.await;
                    $crate::contract::$run(store, $crate::contract::$module::$sentence).await;
                }
            )+
        })+)+
    };
}
