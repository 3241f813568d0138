-- Erasing what tickets, applications and subscriptions have of a person. What was charged and taken from a salary stays, under
-- the name that billing snapshots keep as long as accounts are kept.
create function control.erase_tickets(p_traveller uuid) returns void
  language plpgsql security definer set search_path = control, public, pg_temp as $$
declare
  v_operator integer;
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

  update ticket t set card_number = null, mobile = null, journey = null where t.id = any (v_tickets);
  update ticket_event e set bearer_before = null, bearer_after = null where e.ticket_id = any (v_tickets);
  update subscription s set mobile = '', first_name = '', last_name = '' where s.id = any (v_subscriptions);
  update staff_application a set card_number = null, mobile = null where a.id = any (v_applications);
  update traveller t set employee_number = null where t.id = p_traveller;
  -- What a ticket system did not take yet is about nobody any more.
  update event e set data = '{"erased": true}'
  where e.operator_id = v_operator and e.subject = any (v_tickets::text[] || v_subscriptions::text[]);

  perform set_config('control.erasing', '1', true);
  update audit_entry e
  set before = e.before - array['bearer', 'tickets'], after = e.after - array['bearer', 'tickets']
  where e.operator_id = v_operator
    and (e.subject in (select 'ticket:' || id from unnest(v_tickets) id)
      or e.subject in (select 'ticket_order:' || id from unnest(v_orders) id)
      or e.subject in (select 'subscription:' || id from unnest(v_subscriptions) id)
      or e.subject in (select 'staff_application:' || id from unnest(v_applications) id));
  perform set_config('control.erasing', '', true);
end $$;
revoke all on function control.erase_tickets from public;
