using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Sessions;

/// <summary>
/// Failed sign-ins, which are recorded beside the call and seen to afterwards, so that all of them take the same time.
/// </summary>
internal static class SignInFailures
{
    /// <summary>
    /// Copies those of known people to the audit trail. What comes while an address is locked is only in the log:
    /// anybody can make as much of it as the network carries.
    /// </summary>
    public static Task<int> CopyToAuditAsync(NpgsqlConnection db) => db.ExecuteAsync(
        """
        with due as (
          update control.sign_in_failure f set audited_at = ledger_now()
          from (
            select id from control.sign_in_failure where audited_at is null order by id limit @rows for update skip locked
          ) untold
          where f.id = untold.id
          returning f.*
        )
        insert into control.audit_entry
          (made_at, operator_id, organisation_id, person_email, address, action, subject, after)
        select due.failed_at, place.operator_id, place.organisation_id, '', due.address,
               case when due.is_lock then 'sign_in.locked' else 'sign_in.failed' end, 'person:' || p.id,
               jsonb_build_object('email', p.email, 'failures', due.failures, 'login', due.tag)
        from due
        join control.person p on p.id = due.person_id
        join control.place_of_person place on place.person_id = p.id
        where due.failures <= @most
        order by due.id
        """,
        new { rows = Limits.OutsiderChunkRows, most = Limits.PasswordFailuresMax });

    /// <summary>Removes failures, lock-outs and requests for links that are over.</summary>
    public static Task<int> RemoveOldAsync(NpgsqlConnection db) => db.ExecuteAsync(
        """
        delete from control.sign_in_failure where audited_at is not null and failed_at < ledger_now() - @kept;
        delete from control.sign_in_guard
        where changed_at < ledger_now() - @kept and (locked_until is null or locked_until < ledger_now());
        delete from control.password_reset_request where email is null and asked_at < ledger_now() - interval '1 hour'
        """,
        new { kept = Limits.SignInFailureTime });
}
