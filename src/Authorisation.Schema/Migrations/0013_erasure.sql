-- Erasing what tickets, applications and subscriptions have of a person. What was charged and taken from a salary stays, under
-- the name that billing snapshots keep as long as accounts are kept.
create function control.erase_tickets(p_traveller uuid) returns void
  language plpgsql security definer set search_path = control, public, pg_temp as $$
declare
  v_operator integer;
  v_personal constant text[] := array[
    'bearer', 'tickets', 'first_name', 'last_name', 'employee_number', 'refusal_reason'];
  v_tickets uuid[] := array(select t.id from ticket t where t.traveller_id = p_traveller);
  v_orders uuid[] := array(select distinct t.order_id from ticket t where t.traveller_id = p_traveller);
  v_subscriptions uuid[] := array(select s.id from subscription s where s.traveller_id = p_traveller);
  v_applications uuid[] := array(select a.id from staff_application a where a.traveller_id = p_traveller);
begin
  select g.operator_id into v_operator
  from traveller t join organisation g on g.id = t.organisation_id
  where t.id = p_traveller and t.removed_at is not null;
  if v_operator is null then
    raise exception 'A traveller is removed first.' using errcode = 'insufficient_privilege';
  end if;

  -- Tickets that nobody reported used in all the time that they hold up the erasure are over, with the marks of their cards.
  delete from prepaid_card c
  where c.operator_id = v_operator and c.came_with_ticket
    and c.card_number in (select t.card_number from ticket t where t.id = any (v_tickets) and t.state in (1, 2, 3))
    and not exists (
      select from ticket t
      where t.operator_id = v_operator and t.card_number = c.card_number and t.state in (1, 2, 3) and t.traveller_id <> p_traveller);
  insert into ticket_event (ticket_id, operator_id, event, occurred_at, recorded_by, state_before, state_after)
  select t.id, t.operator_id, 'expired', ledger_now(), '', t.state, 5
  from ticket t where t.id = any (v_tickets) and t.state in (1, 2, 3);
  update ticket t set state = 5, revision = revision + 1 where t.id = any (v_tickets) and t.state in (1, 2, 3);
  update ticket t set card_number = null, mobile = null, journey = null where t.id = any (v_tickets);
  update ticket_event e set bearer_before = null, bearer_after = null where e.ticket_id = any (v_tickets);
  -- Codes went to the numbers of those who ordered before anybody knew whose they were.
  update message m set recipient = '', subject = null, text = null, last_error = null
  where m.recipient = any (array(select s.mobile from subscription s where s.id = any (v_subscriptions) and s.mobile <> ''))
    and m.operator_id = v_operator and m.traveller_id is null and m.state <> 1;
  update subscription s set mobile = '', first_name = '', last_name = '', refusal_reason = null
  where s.id = any (v_subscriptions);
  update staff_application a set card_number = null, mobile = null, refusal_reason = null where a.id = any (v_applications);
  update traveller t set employee_number = null where t.id = p_traveller;
  -- What a ticket system did not take yet is about nobody any more.
  update event e set data = '{"erased": true}'
  where e.operator_id = v_operator and e.subject = any (v_tickets::text[] || v_subscriptions::text[]);

  perform set_config('control.erasing', '1', true);
  update audit_entry e
  set before = e.before - v_personal, after = e.after - v_personal
  where e.operator_id = v_operator
    and e.subject = any (
      array(select 'ticket:' || id from unnest(v_tickets) id)
      || array(select 'ticket_order:' || id from unnest(v_orders) id)
      || array(select 'subscription:' || id from unnest(v_subscriptions) id)
      || array(select 'staff_application:' || id from unnest(v_applications) id));
  perform set_config('control.erasing', '', true);
end $$;
revoke all on function control.erase_tickets from public;
