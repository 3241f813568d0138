-- The name that an administrator was invited under. Who invites is shown that one: the person's own name tells that somebody
-- else knows the person, so it is shown once the invitation has been accepted. Null for those from before this was kept.
alter table control.administrator add column invited_name text;
