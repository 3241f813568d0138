using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Cards;

/// <summary>A card that is asked about.</summary>
/// <param name="Operator">
/// The operator's code; a ticket system and staff of one operator only need not say it.
/// </param>
/// <param name="CardNumber">The number on the back of the card, with or without spaces.</param>
internal sealed record PrepaidCardRequest(string? Operator, string? CardNumber);

/// <summary>A card that carries prepaid tickets, or may.</summary>
/// <param name="OperatorId">The operator.</param>
/// <param name="Operator">The operator's code.</param>
/// <param name="CardNumber">The number, as digits.</param>
internal sealed record PrepaidCard(int OperatorId, string Operator, string CardNumber)
{
    /// <summary>The audit trail's name of the card. The trail is asked for by its subjects, in the address.</summary>
    public string Subject => "card:…" + CardNumber[^4..];

    /// <summary>What the audit trail says of a card.</summary>
    public object Audited() => new { Operator, CardNumber };

    /// <summary>The card that a request of operator staff, or of the operator's ticket system, names.</summary>
    /// <exception cref="RefusedException">The caller is neither, or a field is wrong.</exception>
    public static async Task<PrepaidCard> NamedAsync(UnitOfWork work, Request<PrepaidCardRequest> request)
    {
        if (work.TicketSystemIfAny is null)
        {
            StaffOperators.RequireAny(work);
        }

        var asked = request.Read();
        var fields = new Fields();
        var terms = await OperatorAsync(work, fields, asked.Operator);
        var number = fields.CardNumber("card_number", asked.CardNumber);
        fields.ThrowIfAny();
        return new PrepaidCard(terms!.Id, terms.Code, number);
    }

    private static async Task<OperatorTerms?> OperatorAsync(UnitOfWork work, Fields fields, string? code)
    {
        if (work.TicketSystemIfAny is not { } system)
        {
            return await StaffOperators.NamedAsync(work, fields, code);
        }

        var own = await OperatorTerms.GetAsync(work.Db, system.OperatorId);
        if (code is not null && code != own.Code)
        {
            fields.Add("operator", FieldCode.NotFound, "must be the code of your operator");
        }

        return own;
    }
}
