-- Connecting an app without waiting for others: see docs/decisions/041-activation-under-a-crowd.md.

-- 1 activated, 2 refused, 3 too many of the login were refused lately, 4 another activation of the login is under way,
-- 5 too many of the client or the operator were refused lately. 2 and 5 are recorded, so the caller must commit them.
create or replace function activate_app(
  p_operator_id integer, p_client_id bigint, p_login text, p_login_key bytea, p_hmac bytea, p_activation_id uuid,
  p_device_name text, p_terms_version text, p_token_sha256 bytea,
  p_login_failures integer, p_client_failures integer, p_operator_failures integer, p_tries integer, p_retry interval,
  out outcome smallint, out account uuid)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_now timestamptz := ledger_now();
  v_own bigint;
  v_is_spent boolean;
  v_code control.activation_code;
begin
  -- Before anything is locked: beyond the bound nobody waits.
  if (select count(*) from control.activation_failure f
      where f.operator_id = p_operator_id and f.login = p_login_key and f.failed_at > v_now - interval '1 hour')
    >= p_login_failures
  then
    outcome := 3;
    return;
  end if;

  -- Tries of one login follow one another, so that none slips past the count of those before it. Whoever comes meanwhile is
  -- told so and waits outside, without a connection.
  if not pg_try_advisory_xact_lock(hashtextextended(encode(p_login_key, 'hex'), p_operator_id)) then
    outcome := 4;
    return;
  end if;

  v_now := ledger_now();
  select count(*) into v_own from control.activation_failure f
  where f.operator_id = p_operator_id and f.login = p_login_key and f.failed_at > v_now - interval '1 hour';
  if v_own >= p_login_failures then
    outcome := 3;
    return;
  end if;

  -- Counted as far as the bound only, so that a long list costs no more.
  v_is_spent :=
    (select count(*) from (select from control.activation_failure f
      where f.client_id = p_client_id and f.failed_at > v_now - interval '1 minute' limit p_client_failures) c)
      >= p_client_failures
    or (select count(*) from (select from control.activation_failure f
      where f.operator_id = p_operator_id and f.failed_at > v_now - interval '1 hour' limit p_operator_failures) o)
      >= p_operator_failures;
  -- Others' failures end nobody's way in: a login that has none of its own is still looked at.
  if v_is_spent and v_own > 0 then
    outcome := 5;
    return;
  end if;

  select c.* into v_code
  from control.activation_code c
  where c.operator_id = p_operator_id and c.login = p_login and c.hmac = p_hmac and c.ended_at is null
    and ((c.used_at is null and c.expires_at > v_now and c.tries < p_tries)
      or (c.activation_id = p_activation_id and c.used_at > v_now - p_retry));
  if found then
    -- The account first, like everybody; then the code as it is now.
    perform from credit_account a where a.id = v_code.account_id for no key update;
    select c.* into v_code from control.activation_code c where c.id = v_code.id for no key update;
    if v_code.ended_at is null
      and exists (select from credit_account a where a.id = v_code.account_id and a.removed_at is null)
      and ((v_code.used_at is null and v_code.expires_at > v_now and v_code.tries < p_tries)
        or (v_code.activation_id = p_activation_id and v_code.used_at > v_now - p_retry))
    then
      update access_token t set ended_at = v_now where t.account_id = v_code.account_id and t.ended_at is null;
      insert into access_token (sha256, operator_id, account_id)
      values (p_token_sha256, p_operator_id, v_code.account_id);
      update credit_account a set activated_at = v_now, revision = revision + 1 where a.id = v_code.account_id;
      if v_code.used_at is null then
        update control.activation_code c
        set used_at = v_now, tries = tries + 1, activation_id = p_activation_id, device_name = p_device_name,
            terms_version = p_terms_version
        where c.id = v_code.id;
      end if;
      insert into control.audit_entry
        (operator_id, organisation_id, department_id, person_email, action, subject, after)
      select p_operator_id, p.organisation_id, p.department_id, '', 'app.activated', 'credit_account:' || a.id,
             jsonb_build_object('device_name', p_device_name, 'terms_version', p_terms_version)
      from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id where a.id = v_code.account_id;
      outcome := 1;
      account := v_code.account_id;
      return;
    end if;
  end if;

  update control.activation_code c set tries = tries + 1
  where c.operator_id = p_operator_id and c.login = p_login and c.used_at is null and c.ended_at is null
    and c.tries < p_tries;
  -- What no bound counts any more goes with what comes.
  delete from control.activation_failure f
  where f.operator_id = p_operator_id and f.failed_at < v_now - interval '1 day';
  insert into control.activation_failure (operator_id, client_id, login, failed_at)
  values (p_operator_id, p_client_id, p_login_key, v_now);
  outcome := case when v_is_spent then 5 else 2 end;
end $$;
revoke all on function activate_app from public;
