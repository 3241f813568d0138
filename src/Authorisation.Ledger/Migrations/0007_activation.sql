-- Connecting an app, for the data plane's role: it may call these, and nothing else lets it make a token or look at a
-- code. Both run as the owner.

-- 1 activated, 2 refused, 3 too many were refused lately. A refusal is recorded, so the caller must commit it.
create function activate_app(
  p_operator_id integer, p_client_id bigint, p_login text, p_login_key bytea, p_hmac bytea, p_activation_id uuid,
  p_device_name text, p_terms_version text, p_token_sha256 bytea,
  p_login_failures integer, p_client_failures integer, p_operator_failures integer, p_tries integer, p_retry interval,
  out outcome smallint, out account uuid)
  language plpgsql security definer set search_path from current as $$
declare
  v_now timestamptz;
  v_code control.activation_code;
begin
  -- Tries of one login follow one another, so that none slips past the count of those before it.
  perform pg_advisory_xact_lock(hashtextextended(encode(p_login_key, 'hex'), p_operator_id));
  v_now := ledger_now();
  if (select count(*) from control.activation_failure f
      where f.operator_id = p_operator_id and f.login = p_login_key
        and f.failed_at > v_now - interval '1 hour') >= p_login_failures
    or (select count(*) from control.activation_failure f
        where f.client_id = p_client_id and f.failed_at > v_now - interval '1 minute') >= p_client_failures
    or (select count(*) from control.activation_failure f
        where f.operator_id = p_operator_id and f.failed_at > v_now - interval '1 hour') >= p_operator_failures
  then
    outcome := 3;
    return;
  end if;

  select c.* into v_code
  from control.activation_code c
  where c.operator_id = p_operator_id and c.login = p_login and c.hmac = p_hmac and c.ended_at is null;
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
  outcome := 2;
end $$;
revoke all on function activate_app from public;

-- Ends the access of an account's app.
create function deactivate_app(p_account_id uuid) returns void
  language plpgsql security definer set search_path from current as $$
declare
  v_now timestamptz := ledger_now();
begin
  perform from credit_account a where a.id = p_account_id for no key update;
  update access_token t set ended_at = v_now where t.account_id = p_account_id and t.ended_at is null;
  if found then
    update credit_account a set activated_at = null, revision = revision + 1 where a.id = p_account_id;
    insert into control.audit_entry (operator_id, organisation_id, department_id, person_email, action, subject)
    select a.operator_id, p.organisation_id, p.department_id, '', 'app.deactivated', 'credit_account:' || a.id
    from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id where a.id = p_account_id;
  end if;
end $$;
revoke all on function deactivate_app from public;
