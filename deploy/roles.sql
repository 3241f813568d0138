-- The three roles and the database of Authorisation. Run it once, as a superuser, with psql 15 or later:
--
--   OWNER_PASSWORD=… SERVICE_PASSWORD=… ADMIN_PASSWORD=… psql -v ON_ERROR_STOP=1 -f deploy/roles.sql
--
-- Safe to run again: it then sets the passwords and the rights anew. Afterwards `Authorisation.Server migrate` creates
-- the tables as the owner and gives the service role its rights on them: it reads everything, inserts authorisations,
-- changes the balances of accounts, and can neither change nor delete what was decided. The control plane's role gets
-- its own: it gives and takes credit and access, and can neither make nor change a purchase.
--
-- The statements carry the passwords to the server as text: connect over a local socket or TLS, and see that
-- log_statement does not write them down.

\getenv owner_password OWNER_PASSWORD
\getenv service_password SERVICE_PASSWORD
\getenv admin_password ADMIN_PASSWORD

-- Owns the database and its tables: migrations, and nothing else that runs all day.
select 'create role authorisation_owner login'
where not exists (select from pg_roles where rolname = 'authorisation_owner')
\gexec
alter role authorisation_owner password :'owner_password';

-- What the servers log in as.
select 'create role authorisation_service login'
where not exists (select from pg_roles where rolname = 'authorisation_service')
\gexec
alter role authorisation_service password :'service_password';

-- What the control plane logs in as.
select 'create role authorisation_admin login'
where not exists (select from pg_roles where rolname = 'authorisation_admin')
\gexec
alter role authorisation_admin password :'admin_password';

select 'create database authorisation owner authorisation_owner'
where not exists (select from pg_database where datname = 'authorisation')
\gexec

-- What Postgres logs of a statement that failed must not hold what the statement was about: card numbers, e-mail addresses,
-- mobile numbers. Without this, the line DETAIL has the row, and a setting of the server could add the parameters.
select format('alter role %I set log_error_verbosity = terse', role) from unnest(array[
  'authorisation_owner', 'authorisation_service', 'authorisation_admin']) role
\gexec
select format('alter role %I set log_parameter_max_length_on_error = 0', role) from unnest(array[
  'authorisation_owner', 'authorisation_service', 'authorisation_admin']) role
\gexec

-- Only the owner creates anything in it, temporary tables included; `migrate` sees to that once more.
revoke all on database authorisation from public;
grant connect on database authorisation to authorisation_service, authorisation_admin;
