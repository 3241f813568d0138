-- What the control plane's own role may do: it gives and takes credit and access, and adds charges and lines of the
-- audit trail. It can neither make, change nor remove a purchase, nor change or remove a charge or what the trail says.
-- Refunds and voids of staff it writes through one function, which can charge nothing. {admin_role} is the quoted name.
revoke temporary on database {database} from {admin_role};
revoke create on schema public from {admin_role};
grant usage on schema public, control, billing to {admin_role};
grant select on all tables in schema public, control, billing to {admin_role};
grant insert, update on operator, organisation, department, traveller, client, access_token to {admin_role};
grant insert on billing_snapshot, credit_account, former_holder to {admin_role};
grant execute on function billing_snapshot_in_force(bigint), billing_snapshot_in_force(bigint[]) to {admin_role};
grant update (billing_snapshot_id, limit_minor, activated_at, blocked_at, removed_at, mobile, revision, version,
    first_day, last_day, extra_month, extra_minor)
  on credit_account to {admin_role};
grant insert, delete on prepaid_card to {admin_role};
grant insert, update on control.person, control.session, control.staff, control.administrator, control.invitation,
  control.activation_code, control.message, control.traveller_import, control.traveller_import_row to {admin_role};
grant insert, delete on control.administrator_department to {admin_role};
grant insert on control.audit_entry, control.traveller_import_error to {admin_role};
-- Nothing there is changed; the right of update is what locking a row asks for.
grant insert, update, delete on control.idempotency to {admin_role};
grant delete on control.traveller_import_row to {admin_role};
grant insert, update on billing.invoicing, billing.month_end to {admin_role};
grant insert on billing.charge, billing.month_end_finding, billing.statement, billing.statement_part, billing.unassigned_seal,
  billing.invoice, billing.invoice_tax, billing.invoice_correction, billing.product_texts to {admin_role};
grant insert, update on billing.clock_moment to {admin_role};
grant insert on billing.clock_gap to {admin_role};
grant execute on function billing.reopen_months to {admin_role};
grant usage, create on schema scheduler to {admin_role};
grant execute on function control.give_back to {admin_role};
grant insert, update, delete on control.sign_in_guard, control.sign_in_failure, control.password_reset_request to {admin_role};
grant insert, update on control.password_link to {admin_role};
grant insert, update on product to {admin_role};
grant insert on product_price to {admin_role};
grant insert, update, delete on control.webhook to {admin_role};
grant insert, update on control.event to {admin_role};
grant update (came_with_ticket) on prepaid_card to {admin_role};
grant insert on control.ticket_order, control.ticket, control.ticket_event to {admin_role};
grant update (state, card_number, mobile, bearer_since, journey, revision) on control.ticket to {admin_role};
grant update (bearer_before, bearer_after) on control.ticket_event to {admin_role};
grant insert, update on control.subscription_settings, control.order_link, control.phone_code, control.subscription,
  control.subscription_product to {admin_role};
grant insert, delete on control.phone_session to {admin_role};
grant delete on control.phone_code to {admin_role};
grant insert on control.subscription_month, billing.payroll_deduction to {admin_role};
grant insert, update on control.traveller_access, control.traveller_choice to {admin_role};
grant insert, update, delete on control.terms_document, control.terms_text to {admin_role};
grant insert on control.terms_acceptance to {admin_role};
grant insert, update on control.traveller_request to {admin_role};
grant insert, update on control.traveller_import_missing to {admin_role};
grant insert, update on control.staff_offer, control.staff_application to {admin_role};
grant execute on function control.erase_traveller, control.erase_name, control.erase_tickets to {admin_role};
grant insert, update, delete on purchase_rule, budget to {admin_role};
grant insert on budget_notice to {admin_role};
grant insert, update on billing.accounting to {admin_role};
