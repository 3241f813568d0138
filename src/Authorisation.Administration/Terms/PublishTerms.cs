using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Terms;

/// <summary>A document to be published.</summary>
/// <param name="ValidFrom">Its first day in force, today or later by the operator's clocks.</param>
/// <param name="AcceptedBy">Who accepts it: <c>organisation</c>, <c>traveller</c>; both unless given.</param>
/// <param name="Texts">What it says, once in each language; the operator's own is among them.</param>
internal sealed record PublishTermsRequest(
    DateOnly? ValidFrom, IReadOnlyList<string?>? AcceptedBy, IReadOnlyList<TermsText?>? Texts);

/// <summary>
/// Publishes a version of a document with terms, or changes or withdraws one whose first day has not come. What is in
/// force stays as it is, since it is what was accepted.
/// </summary>
internal sealed class PublishTerms
{
    /// <returns>The document.</returns>
    /// <exception cref="RefusedException">The principal is no staff of the operator, a field is wrong, or it is in force.</exception>
    public async Task<TermsDocument> RunAsync(
        UnitOfWork work, string code, string kind, string version, Request<PublishTermsRequest> request)
    {
        var terms = await OperatorTerms.GetVisibleAsync(work, code);
        await LockAsync(work.Db, terms.Id);
        var asked = request.Read();
        var fields = new Fields();
        TermsDocument.OfKind(fields, "kind", kind);
        TermsDocument.Versioned(fields, "version", version);
        var before = fields.IsValid ? await TermsDocument.FindAsync(work.Db, terms.Id, kind, version) : null;
        var acceptedBy = AcceptedBy(fields, asked.AcceptedBy);
        var texts = Texts(fields, terms, asked.Texts);
        if (before is not null && (!before.IsComing || await IsAcceptedAsync(work.Db, before.Id)))
        {
            fields.ThrowIfAny();
            return await UnchangedAsync(work, before, asked.ValidFrom, acceptedBy, texts) ? before : throw InForce(before);
        }

        await CheckDayAsync(work.Db, fields, terms, kind, version, asked.ValidFrom, acceptedBy);
        fields.ThrowIfAny();
        await SaveAsync(work.Db, terms.Id, kind, version, asked.ValidFrom!.Value, acceptedBy, texts);
        var after = (await TermsDocument.FindAsync(work.Db, terms.Id, kind, version))!;
        await work.AuditAsync(
            "terms.published", $"terms:{code}/{kind}/{version}", terms.Id, before: before?.Audited(), after: after.Audited());
        return after;
    }

    /// <summary>Withdraws a version whose first day has not come.</summary>
    /// <exception cref="RefusedException">There is none, the principal is no staff of the operator, or it is in force.</exception>
    public async Task WithdrawAsync(UnitOfWork work, string code, string kind, string version)
    {
        var terms = await OperatorTerms.GetVisibleAsync(work, code);
        await LockAsync(work.Db, terms.Id);
        var before = await TermsDocument.FindAsync(work.Db, terms.Id, kind, version) ?? throw Problems.NotFound();
        if (!before.IsComing || await IsAcceptedAsync(work.Db, before.Id))
        {
            throw InForce(before);
        }

        await work.Db.ExecuteAsync("delete from control.terms_document where id = @Id", new { before.Id });
        await work.AuditAsync("terms.withdrawn", $"terms:{code}/{kind}/{version}", terms.Id, before: before.Audited());
    }

    private static RefusedException InForce(TermsDocument document) => new(
        ProblemCode.TermsInForce,
        $"It is in force from {document.ValidFrom:yyyy-MM-dd}, or was accepted already, and stays as it is: publish another version.");

    // One after another, so that two versions do not get the same day.
    private static Task<int> LockAsync(NpgsqlConnection db, int operatorId) => db.ExecuteAsync(
        "select pg_advisory_xact_lock(hashtextextended('terms ' || @operatorId, 2))", new { operatorId });

    private static Task<bool> IsAcceptedAsync(NpgsqlConnection db, long id) => db.ExecuteScalarAsync<bool>(
        "select exists (select from control.terms_acceptance where document_id = @id)", new { id });

    private static async Task<bool> UnchangedAsync(
        UnitOfWork work, TermsDocument before, DateOnly? day, short acceptedBy, IReadOnlyList<TermsText> texts) =>
        day == before.ValidFrom && acceptedBy == before.AcceptedBy
        && texts.OrderBy(text => text.Language, StringComparer.Ordinal)
            .SequenceEqual(await TermsDocument.TextsAsync(work.Db, before.Id));

    private static short AcceptedBy(Fields fields, IReadOnlyList<string?>? words)
    {
        var sum = 0;
        foreach (var word in words ?? TermsDocument.Acceptors)
        {
            var bit = Array.IndexOf(TermsDocument.Acceptors, word);
            if (bit < 0)
            {
                fields.AddNotOneOf("accepted_by", TermsDocument.Acceptors);
                return 0;
            }

            sum |= 1 << bit;
        }

        if (sum == 0)
        {
            fields.Add("accepted_by", FieldCode.Required, "must name organisation, traveller or both");
        }

        return (short)sum;
    }

    private static List<TermsText> Texts(Fields fields, OperatorTerms terms, IReadOnlyList<TermsText?>? asked)
    {
        var read = new List<TermsText>();
        for (var i = 0; i < (asked?.Count ?? 0); i++)
        {
            var (at, text) = ($"texts[{i}]", asked![i] ?? new TermsText(null, null, null));
            if (!TermsDocument.Languages.Contains(text.Language, StringComparer.Ordinal))
            {
                fields.AddNotOneOf($"{at}.language", TermsDocument.Languages);
            }
            else if (read.Exists(other => other.Language == text.Language))
            {
                fields.Add($"{at}.language", FieldCode.Repeated, "is there already");
            }

            read.Add(new TermsText(
                text.Language,
                fields.Required($"{at}.title", text.Title, Limits.NameCharactersMax),
                fields.Paragraphs($"{at}.text", text.Text, Limits.TermsTextCharactersMax)));
        }

        if (!read.Exists(text => text.Language == terms.Language))
        {
            fields.Add("texts", FieldCode.Required, $"must have a text in the operator's language, {terms.Language}");
        }

        return read;
    }

    private static async Task CheckDayAsync(
        NpgsqlConnection db, Fields fields, OperatorTerms terms, string kind, string version, DateOnly? day, short acceptedBy)
    {
        var today = LocalDay.Of(await ControlDatabase.NowAsync(db), terms.Zone);
        if (day is null)
        {
            fields.Add("valid_from", FieldCode.Required, "is required: a day as YYYY-MM-DD");
        }
        else if (day < today)
        {
            fields.Add("valid_from", FieldCode.NotPossible, $"must be {today:yyyy-MM-dd} or later: nobody could have accepted it before");
        }
        else if (await db.ExecuteScalarAsync<bool>(
            """
            select exists (
              select from control.terms_document
              where operator_id = @Id and kind = @kind and version <> @version and valid_from = @day
                and accepted_by & @acceptedBy <> 0)
            """,
            new { terms.Id, kind, version, day, acceptedBy }))
        {
            fields.Add("valid_from", FieldCode.Taken, "is the first day of another version of this kind");
        }
    }

    private static async Task SaveAsync(
        NpgsqlConnection db, int operatorId, string kind, string version, DateOnly day, short acceptedBy,
        IReadOnlyList<TermsText> texts)
    {
        var id = await db.ExecuteScalarAsync<long>(
            """
            insert into control.terms_document (operator_id, kind, version, valid_from, accepted_by)
            values (@operatorId, @kind, @version, @day, @acceptedBy)
            on conflict (operator_id, kind, version) do update
            set valid_from = excluded.valid_from, accepted_by = excluded.accepted_by
            returning id
            """,
            new { operatorId, kind, version, day, acceptedBy });
        await db.ExecuteAsync(
            """
            delete from control.terms_text where document_id = @id;
            insert into control.terms_text (document_id, language, title, text)
            select @id, * from unnest(@languages, @titles, @texts)
            """,
            new
            {
                id,
                languages = texts.Select(text => text.Language).ToArray(),
                titles = texts.Select(text => text.Title).ToArray(),
                texts = texts.Select(text => text.Text).ToArray(),
            });
    }
}
