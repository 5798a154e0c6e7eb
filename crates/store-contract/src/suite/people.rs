//! Properties of users and what belongs to them.

/// Generates the tests of users, sessions, consents and factors, for [`suite!`](crate::suite!).
#[doc(hidden)]
#[macro_export]
macro_rules! suite_of_people {
    ($store:expr) => {
        $crate::suite! { @of $store;
            in_two_tenants {
                users {
                    new_user_keeps_every_field
                    new_user_has_version_one
                    unknown_user_is_not_found
                    inserting_taken_id_or_email_loses
                    concurrent_inserts_of_one_email_have_one_winner
                    users_are_listed_by_id
                    used_time_step_blocks_itself_and_earlier_steps
                    update_keeps_used_time_step
                    concurrent_uses_of_one_time_step_have_one_winner
                    time_step_of_unknown_user_loses
                }
                user_versions {
                    update_replaces_admin_editable_data
                    update_can_keep_email
                    updating_unknown_user_loses
                    update_to_taken_email_loses
                    stale_user_update_loses
                    concurrent_user_updates_have_one_winner
                    unknown_user_members_survive_update
                }
                user_commands {
                    password_hash_is_set_unconditionally
                    totp_secret_is_set_unconditionally
                    setting_credentials_of_unknown_user_loses
                    resetting_factors_removes_only_factors_of_user
                }
                user_changes {
                    hand_over_removes_credentials_and_ends_sessions_of_user
                    email_verification_requires_enabled_user_and_current_email
                    password_replacement_requires_enabled_user_and_current_hash
                    totp_replacement_requires_enabled_user_and_current_secret
                    concurrent_password_replacements_have_one_winner
                    concurrent_totp_replacements_have_one_winner
                }
                user_steps {
                    step_of_enabled_user_is_taken_once
                    step_of_disabled_or_unknown_user_is_not_taken
                    expired_step_is_not_taken
                    concurrent_takes_of_one_step_have_one_winner
                }
                administration {
                    search_finds_users_by_prefix_of_address
                    user_grants_are_listed_by_id
                    removal_removes_only_what_it_names_with_its_event
                    withdrawal_revokes_grants_without_consent
                    removal_for_another_user_finds_nothing
                    removal_ends_at_time_of_event
                }
                deletions {
                    deletion_removes_user_with_belongings_and_revokes_grants
                    deletion_returns_only_sessions_that_had_not_ended
                    deletion_requires_stored_versions
                    deletion_replaces_holders_of_admin_roles
                    concurrent_deletions_of_one_user_have_one_winner
                    concurrent_deletions_of_holders_have_one_winner
                }
                memberships {
                    members_are_listed_by_user_id
                    update_replaces_groups
                    user_of_missing_group_loses
                    group_with_members_is_not_deleted
                    deleted_group_has_no_members_despite_race
                }
                sessions {
                    new_session_keeps_every_field
                    session_is_found_with_its_user
                    session_of_missing_user_is_not_found
                    inserting_existing_session_loses
                    user_sessions_are_listed_by_id
                }
                session_renewals {
                    renewal_replaces_only_its_fields
                    ended_expired_or_unknown_session_is_not_renewed
                    renewal_with_wrong_secret_loses
                    session_without_secret_is_renewed
                    new_secret_keeps_grants_and_end
                    concurrent_replacements_of_secret_have_one_winner
                }
                session_ends {
                    second_session_end_loses
                    all_user_sessions_except_one_are_ended
                    concurrent_session_ends_have_one_winner
                }
                consents {
                    consent_belongs_to_user_and_client
                    later_consent_replaces_earlier
                    user_consents_are_listed_by_client
                    second_consent_withdrawal_loses
                    deleting_client_deletes_its_consents
                }
                passkeys {
                    new_passkey_keeps_every_field
                    inserting_taken_passkey_id_loses
                    user_passkeys_are_listed_by_id
                    only_owner_renames_passkey
                    update_replaces_passkey_credential_and_last_use
                    updating_unknown_passkey_loses
                    only_owner_removes_passkey
                }
                recovery_codes {
                    recovery_code_works_once_and_only_for_owner
                    new_recovery_codes_replace_all_earlier_ones
                    unused_recovery_codes_are_counted
                    concurrent_uses_of_one_recovery_code_have_one_winner
                    concurrent_recovery_code_replacements_leave_one_set
                }
                devices {
                    new_device_keeps_every_field
                    inserting_existing_device_loses
                    user_devices_are_listed_by_id
                    only_owner_removes_device
                    removing_all_devices_keeps_other_users_devices
                }
                identities {
                    new_identity_keeps_every_field
                    inserting_existing_identity_loses
                    user_and_identity_are_added_together
                    concurrent_first_sign_ins_have_one_winner
                    user_identities_are_listed_by_id
                    update_replaces_address_and_last_use_of_identity
                    only_owner_removes_identity
                    removing_all_identities_keeps_those_of_other_users
                    user_identities_are_listed_in_slices
                }
            }
        }
    };
}
