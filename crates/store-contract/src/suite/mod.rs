//! The contract as a test suite.

mod people;

/// Generates a test for every property of the [contract](crate::contract).
///
/// Takes a future that returns a pair: an empty store, and a value that must live as long as the store, such as its
/// folder. The tests need `tokio` with `macros` and `rt-multi-thread`.
///
/// ```
/// use countersign_store_contract::{MemoryStore, suite};
/// suite!(async { (MemoryStore::default(), ()) });
/// ```
#[macro_export]
macro_rules! suite {
    ($store:expr) => {
        $crate::suite_of_people!($store);
        $crate::suite! { @of $store;
            in_two_tenants {
                grants {
                    established_grant_keeps_every_field
                    later_version_facts_are_preserved
                    long_authorization_is_not_truncated
                    unknown_grant_is_not_found
                    establishing_existing_grant_loses
                    establishing_keeps_revoked_or_expired_grant
                    concurrent_establishes_of_one_grant_have_one_winner
                    concurrent_establishes_of_different_grants_all_win
                    revoking_sets_only_revocation_time
                    revoking_unknown_grant_loses
                    second_revocation_keeps_first_time
                    expired_grant_can_be_revoked
                    grant_rotated_and_revoked_concurrently_ends_revoked
                }
                grants_of_people {
                    session_grants_are_listed_by_id
                    rotated_grant_stays_in_its_session
                    revoke_all_revokes_only_grants_of_subject
                    revoke_all_with_client_revokes_only_its_grants
                    concurrent_revoke_all_counts_each_grant_once
                }
                redemptions {
                    redeemed_grant_is_stored_and_its_user_found
                    user_of_session_is_found_with_redeemed_grant
                    redemption_without_user_finds_none
                    redeeming_existing_grant_loses
                    concurrent_redemptions_of_one_grant_have_one_winner
                    redemption_sees_user_disabled_before_revocation
                    grant_is_found_with_its_user
                }
                rotation {
                    current_generation_rotates
                    later_generation_catches_up
                    earlier_generation_loses
                    revoked_grant_does_not_rotate
                    grant_rotates_until_expiry
                    rotating_unknown_grant_loses
                    rotation_leaves_other_grants_unchanged
                    maximum_generation_does_not_overflow
                    concurrent_rotations_of_one_generation_have_one_winner
                    winning_rotation_is_stored
                }
                grants_by_model {
                    any_command_sequence_matches_model
                }
                clients {
                    registered_client_keeps_every_field
                    registered_client_has_version_one
                    every_kind_of_client_is_preserved
                    unknown_client_is_not_found
                    registering_taken_client_id_loses
                    concurrent_registrations_of_one_client_have_one_winner
                    clients_are_listed_by_id
                }
                client_changes {
                    update_replaces_all_client_data
                    updating_unknown_client_loses
                    stale_client_update_loses
                    concurrent_client_updates_have_one_winner
                    unknown_client_members_survive_update
                    deleting_client_deletes_its_data
                    deleting_unknown_client_loses
                    stale_client_deletion_loses
                    concurrent_client_deletions_have_one_winner
                }
                client_grants {
                    client_grants_are_listed_by_id
                    revoking_client_grants_removes_its_consents
                }
                client_secrets {
                    secret_last_use_never_moves_back
                    several_secret_uses_are_recorded_in_one_call
                    use_of_missing_client_or_secret_is_ignored
                    update_keeps_last_use_of_remaining_secret
                }
                client_origins {
                    redirect_uri_origins_are_found
                    disabled_client_has_no_origin
                    client_update_changes_origins
                    shared_origin_remains_until_last_client_is_deleted
                }
                ephemera {
                    value_is_found_only_by_full_key
                    inserting_existing_key_loses
                    value_is_replaced_only_at_current_version
                    unknown_key_is_not_replaced_or_taken
                    value_is_taken_once
                    totals_are_returned_in_key_order
                    adding_creates_key_with_empty_value
                    totals_never_fall_below_zero
                    totals_and_versions_are_independent
                    keys_are_counted_by_kind
                }
                expiry_of_ephemera {
                    expired_value_is_not_found
                    inserting_expired_key_loses
                    expired_value_is_not_replaced
                    expired_value_is_not_taken
                    expired_total_is_zero
                    expired_keys_are_not_counted
                    expired_value_is_listed
                }
                ephemera_of_crowds {
                    concurrent_inserts_of_one_key_have_one_winner
                    concurrent_takes_of_one_key_have_one_winner
                    concurrent_replacements_of_one_version_have_one_winner
                    concurrent_additions_are_all_counted
                }
                attempts {
                    attempt_adds_one_to_every_counter
                    attempt_at_limit_changes_nothing
                    attempt_finds_user_with_email
                    attempt_of_expired_counter_is_not_counted
                    concurrent_attempts_are_all_counted
                }
                definitions {
                    new_definition_keeps_every_field
                    tenants_with_definitions_of_kind_are_returned
                    taken_definition_key_loses
                    update_replaces_definition
                    stale_definition_update_loses
                    deleted_definition_is_gone
                    stale_definition_deletion_loses
                    kinds_of_definitions_are_separate
                    definition_change_appears_with_version_and_event
                }
                signing_keys {
                    listed_signing_key_keeps_every_field
                    signing_keys_are_listed_oldest_first
                    key_set_version_counts_changes
                    key_change_at_current_version_wins
                    key_change_at_other_version_loses
                    client_update_keeps_key_set_version
                    concurrent_key_changes_have_one_winner
                    key_change_is_atomic
                }
                changes {
                    client_change_appears_with_version
                    signing_key_change_appears_with_version
                    deleting_client_with_key_changes_key_set
                    lost_race_adds_no_change
                    only_clients_and_keys_add_changes
                    change_is_read_from_earlier_position
                    followed_feed_reaches_its_end
                    concurrent_changes_are_never_skipped
                }
                events {
                    winning_command_stores_its_event
                    winning_command_stores_its_reply
                    losing_command_stores_no_event
                    failed_command_stores_no_event
                    call_without_event_stores_none
                    only_event_of_concurrent_winner_is_stored
                    listed_event_keeps_every_field
                    event_is_added_unchanged_and_once
                    appended_events_are_stored_once
                }
                event_searches {
                    events_are_found_newest_first_in_slices
                    search_continues_from_its_position
                    found_events_meet_all_conditions
                    search_accepts_any_position
                }
                event_proofs {
                    appended_batch_seals_its_events
                    losing_batch_changes_nothing
                    concurrent_batches_have_one_winner
                    batches_are_listed_in_slices
                    event_without_its_batch_is_stray
                    erased_event_keeps_its_digest
                    events_are_erased_all_or_none
                    removed_batches_take_their_events_along
                    stored_events_are_listed_unchanged
                }
                slices {
                    session_grants_are_listed_in_slices
                    all_grants_are_listed_in_slices
                    clients_are_listed_in_slices
                    clients_of_owner_are_listed_in_slices
                    users_are_listed_in_slices
                    found_users_are_listed_in_slices
                    user_grants_are_listed_in_slices
                    user_sessions_are_listed_in_slices
                    user_consents_are_listed_in_slices
                    user_passkeys_are_listed_in_slices
                    user_devices_are_listed_in_slices
                    definitions_are_listed_in_slices
                    events_are_listed_in_slices
                    ephemera_are_listed_in_slices
                }
                statistics {
                    objects_of_tenant_are_counted
                    number_above_limit_is_lower_bound
                }
                transfer {
                    every_grant_is_listed
                    expiring_value_is_added_unchanged_and_once
                    client_is_added_unchanged_and_once
                    client_added_unchanged_has_origins
                    definition_is_added_unchanged_and_once
                    user_is_added_unchanged_and_once
                    last_time_step_is_latest_used
                    unused_recovery_codes_are_listed
                    unchanged_sealed_value_is_replaced
                }
            }
            in_one_tenant {
                housekeeping {
                    only_ended_items_are_removed
                    earliest_end_of_removed_items_is_returned
                    revoked_grant_is_kept_until_expiry
                    removal_respects_limit
                    ended_grants_are_found_among_live_ones
                    concurrently_rotated_grant_is_kept
                    ended_items_of_every_tenant_are_removed
                    removing_signing_key_changes_its_set
                    recent_change_survives_housekeeping
                }
                housekeeping_of_people {
                    only_ended_sessions_devices_and_values_are_removed
                    removal_of_sessions_devices_and_values_respects_limit
                    session_is_removed_only_after_expiry
                }
                nodes {
                    lowest_live_generation_is_returned
                    heartbeat_replaces_previous_one
                    inactive_node_is_removed
                    live_nodes_are_read_without_change
                    stopped_node_does_not_count
                    concurrent_heartbeats_are_all_recorded
                }
                tenants {
                    tenants_with_rows_are_listed_by_id
                    removed_tenant_leaves_no_rows
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
