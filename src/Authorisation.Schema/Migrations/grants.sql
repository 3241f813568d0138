-- What the service's role may do. It cannot change or remove what was decided. Applied after every migration;
-- {service_role} is the quoted name of the role. Only the owner creates anything in the database, not even for a
-- session: what runs with the owner's rights must not meet it.
revoke temporary on database {database} from public, {service_role};
revoke create on schema public from public, {service_role};
grant usage on schema public to {service_role};
grant select on all tables in schema public to {service_role};
grant insert on authorisation to {service_role};
grant update (month, spent_minor, held_minor, next_hold_expiry, version) on credit_account to {service_role};
grant insert on operation to {service_role};
-- Cards for validators without coverage: what the sequencer takes, numbers and removes.
grant delete on card_change to {service_role};
grant insert, update on card_numbering to {service_role};
grant insert, update, delete on card_state to {service_role};
grant execute on function note_changed_organisation to {service_role};
-- What a purchase is invoiced with after an organisation or a department was changed.
grant execute on function billing_snapshot_in_force(bigint), billing_snapshot_in_force(bigint[]) to {service_role};
-- What a purchase counts in.
grant execute on function spend_budgets, try_spend_budgets to {service_role};
-- Connecting an app is all that the data plane does to tokens.
grant execute on function activate_app to {service_role};
grant execute on function connect_app to {service_role};
grant execute on function deactivate_app to {service_role};
grant execute on function activation_code_hmac to {service_role};
