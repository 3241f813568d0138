-- Errors of an import are told in the words of its file, so an import keeps what the file calls its columns and where they
-- are: by column as the template has them, 0 for a column that the file lacks.
alter table control.traveller_import
  add column column_names  text[]    not null default array['e-post', 'namn', 'mobilnummer', 'avdelning', 'kreditgräns'],
  add column column_places integer[] not null default array[0, 0, 0, 0, 0];

-- What is wrong, for programs. What was told before has none of its own.
alter table control.traveller_import_error add column code text not null default 'malformed';
