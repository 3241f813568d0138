using System.Diagnostics;
using Authorisation.Administration.Applications;
using Authorisation.Administration.Sessions;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Hosting.Workers;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Jobs;

/// <summary>
/// Does what calls without a session leave undone so that they take the same time whether somebody is known or not: copies
/// failed sign-ins of known people to the audit trail, sends links to choose a password to those who have the address, and
/// tells administrators of a customer of applications to join it.
/// </summary>
/// <remarks>Any number of hosts may do it beside each other: rows that one is at are passed over by the others.</remarks>
internal sealed partial class OutsiderWorker(
    ControlDatabase database, PasswordResets resets, ApplicationNews applications, ILogger<OutsiderWorker> logger)
    : RepeatedWork(Limits.OutsiderPollInterval)
{
    private static readonly TimeSpan CleaningInterval = TimeSpan.FromMinutes(1);

    private long? _cleanedAt;

    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken stop)
    {
        await using var db = await database.OpenAsync(stop);
        await TellFailuresAsync(db);
        await InTransactionAsync(db, resets.SendAsync, stop);
        await InTransactionAsync(db, applications.TellAsync, stop);
        if (_cleanedAt is not { } cleanedAt || Stopwatch.GetElapsedTime(cleanedAt) > CleaningInterval)
        {
            await CleanAsync(db);
            _cleanedAt = Stopwatch.GetTimestamp();
        }

        return false;
    }

    /// <inheritdoc/>
    protected override void TellFailing(string reason) => LogLost(reason);

    /// <inheritdoc/>
    protected override void TellGoesOn(TimeSpan after) => LogGoesOn(after);

    private static async Task InTransactionAsync(NpgsqlConnection db, Func<NpgsqlConnection, Task<int>> work, CancellationToken stop)
    {
        await using var transaction = await db.BeginTransactionAsync(stop);
        await work(db);
        await transaction.CommitAsync(CancellationToken.None);
    }

    // What comes while an address is locked is only in the log: anybody can make as much of it as the network carries.
    private static Task<int> TellFailuresAsync(NpgsqlConnection db) => db.ExecuteAsync(
        """
        with due as (
          update control.sign_in_failure f set audited_at = ledger_now()
          from (
            select id from control.sign_in_failure where audited_at is null order by id limit @rows for update skip locked
          ) unaudited
          where f.id = unaudited.id
          returning f.*
        )
        insert into control.audit_entry (made_at, operator_id, organisation_id, person_email, address, action, subject, after)
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

    private static Task<int> CleanAsync(NpgsqlConnection db) => db.ExecuteAsync(
        """
        delete from control.sign_in_failure where audited_at is not null and failed_at < ledger_now() - @kept;
        delete from control.sign_in_guard
        where changed_at < ledger_now() - @kept and (locked_until is null or locked_until < ledger_now());
        delete from control.password_reset_request where email is null and asked_at < ledger_now() - interval '1 hour'
        """,
        new { kept = Limits.SignInFailureTime });

    [LoggerMessage(5653, LogLevel.Warning, "What calls without a session left to be done waits: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(5656, LogLevel.Information, "What calls without a session left to be done is done again, after {Time}")]
    private partial void LogGoesOn(TimeSpan time);
}
