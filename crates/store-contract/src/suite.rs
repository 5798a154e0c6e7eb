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
            grants {
                an_established_grant_is_found_as_it_was
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
                every_kind_of_client_is_found_as_it_was
                an_unknown_client_is_not_found
                a_taken_client_id_loses_and_changes_nothing
                a_crowd_that_registers_one_client_has_one_winner
                clients_are_listed_by_registration_then_by_id
                an_update_replaces_everything_about_a_client
                an_unknown_client_cannot_be_updated
                deleting_a_client_takes_all_that_is_its_own
                an_unknown_client_cannot_be_deleted
                the_last_use_of_a_secret_is_never_set_back
                several_uses_are_recorded_at_once
                a_use_of_what_is_gone_is_passed_over
                a_use_of_a_secret_does_not_move_the_revision
            }
            users {
                a_new_user_is_found_as_it_was
                an_unknown_user_is_not_found
                a_taken_id_or_address_loses_and_changes_nothing
                a_crowd_that_takes_one_address_has_one_winner
                users_are_listed_by_age_then_by_id
                an_update_replaces_everything_about_a_user
                an_update_may_keep_the_address
                an_unknown_user_cannot_be_updated
                an_update_to_anothers_address_loses_and_changes_nothing
                a_time_step_is_used_up_once_and_with_all_before_it
                an_update_does_not_give_a_time_step_back
                a_crowd_that_uses_one_time_step_has_one_winner
                a_time_step_of_an_unknown_user_is_lost
            }
            user_changes {
                an_address_is_verified_while_it_is_that_of_an_enabled_user
                a_password_hash_is_replaced_while_it_is_that_of_an_enabled_user
                a_totp_secret_is_replaced_while_it_is_that_of_an_enabled_user
                a_crowd_that_replaces_one_password_hash_has_one_winner
                a_crowd_that_replaces_one_totp_secret_has_one_winner
            }
            logins {
                a_login_only_moves_on
                a_login_may_skip_a_position
                a_crowd_that_takes_one_step_has_one_winner
                attempts_are_counted_login_by_login
                attempts_are_told_without_counting_one
                attempts_of_a_crowd_are_all_counted
                attempts_and_positions_are_apart
                a_login_is_remembered_for_as_long_as_anyone_asked
            }
            sessions {
                a_new_session_is_found_as_it_was
                a_session_is_found_with_its_user
                a_session_of_nobody_is_not_found
                a_session_is_inserted_once
                the_sessions_of_a_user_are_listed_by_id
                a_renewal_replaces_what_it_names
                what_is_not_live_is_not_renewed
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
                the_passkeys_of_a_user_are_listed_by_age_then_by_id
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
                the_devices_of_a_user_are_listed_by_age_then_by_id
                a_device_is_forgotten_by_its_owner_alone
                all_devices_of_a_user_are_forgotten_and_no_other
            }
            denied_tokens {
                a_denied_token_is_denied_and_no_other
                a_token_that_is_denied_again_stays_as_it_was
                denied_tokens_come_in_pages_by_the_text_of_their_id
            }
            housekeeping_of_people {
                exactly_the_sessions_devices_and_denials_that_ended_are_removed
                no_more_sessions_devices_and_denials_than_asked_for_are_removed
                a_session_goes_when_it_expires_and_not_before
            }
            signing_keys {
                a_signing_key_is_listed_as_it_was
                signing_keys_are_listed_oldest_first
                signing_keys_come_with_the_revision
                a_change_at_the_current_revision_wins
                a_change_is_lost_when_the_revision_has_moved_on
                a_crowd_that_changes_the_keys_has_one_winner
                a_change_is_all_or_nothing
                the_revision_grows_with_each_change_of_clients_and_keys
                the_revision_stays_while_grants_users_and_logins_change
            }
            housekeeping {
                exactly_what_has_ended_is_removed
                the_end_of_the_oldest_that_is_removed_is_told
                a_revoked_grant_stays_until_it_expires
                no_more_than_asked_for_is_removed_at_a_time
                what_has_ended_is_found_wherever_it_is
                a_grant_that_is_rotated_meanwhile_stays
            }
            transfer {
                grants_come_in_pages_by_id
                logins_come_in_pages_by_id
                a_login_is_added_as_it_is_and_once
                the_last_time_step_is_the_latest_that_was_used_up
                the_recovery_codes_of_a_user_are_listed
            }
        }
    };
    (@of $store:expr; $($module:ident { $($sentence:ident)+ })+) => {
        $(mod $module {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $sentence() {
                    let (store, _kept) = $store.await;
                    $crate::contract::$module::$sentence(std::sync::Arc::new(store)).await;
                }
            )+
        })+
    };
}
