-- While the key of activation codes is changed, a code may be kept under either of two keys. The servers send what the code
-- comes to under each, in the order in which they are to be looked for; this says which of them is kept, or the first. It
-- tells nothing else, and gives back only what it was given.
create function activation_code_hmac(p_operator_id integer, p_login text, p_hmacs bytea[]) returns bytea
  language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(
    (select c.hmac
     from control.activation_code c
     where c.operator_id = p_operator_id and c.login = p_login and c.hmac = any (p_hmacs) and c.ended_at is null
     order by array_position(p_hmacs, c.hmac)
     limit 1),
    p_hmacs[1])
$$;
revoke all on function activation_code_hmac from public;
