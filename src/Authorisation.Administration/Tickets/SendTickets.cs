using Authorisation.Administration.Access;
using Authorisation.Administration.Cards;
using Authorisation.Administration.Charges;
using Authorisation.Administration.Events;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Tickets;

/// <summary>
/// Sends tickets: the part that every operation shares which orders one. Order, tickets, charges, card marks, messages and
/// the events for the ticket system are of one transaction: all of it is done, or nothing.
/// </summary>
internal sealed class SendTickets(Outbox outbox)
{
    /// <summary>
    /// Claims the cards among bearers, and adds an error for each that has credit. The claims last until the transaction ends.
    /// </summary>
    public static async Task ClaimAsync(
        UnitOfWork work, Fields fields, OperatorTerms terms, IReadOnlyList<(string Field, TicketBearer Bearer)> bearers)
    {
        var onCards = bearers.Where(one => one.Bearer.Kind == InstrumentKind.Card).ToList();
        var withCredit = await CardTickets.ClaimAsync(work.Db, terms.Id, onCards.Select(one => one.Bearer.Number));
        foreach (var (field, bearer) in onCards)
        {
            AddCreditError(fields, field, bearer, withCredit);
        }
    }

    /// <summary>Adds an error if a bearer is a card with credit.</summary>
    public static void AddCreditError(Fields fields, string field, TicketBearer bearer, IReadOnlySet<string> withCredit)
    {
        if (bearer.CardNumber is { } card && withCredit.Contains(card))
        {
            fields.Add(
                OrderFields.Below(field, "card"), FieldCode.NotPossible, "is of a card with credit, which cannot carry tickets");
        }
    }

    /// <summary>Makes an order that was checked.</summary>
    /// <returns>The order's id.</returns>
    public async Task<Guid> ApplyAsync(UnitOfWork work, OperatorTerms terms, NewTicketOrder order)
    {
        var id = Guid.CreateVersion7();
        await work.Db.ExecuteAsync(
            """
            insert into control.ticket_order (id, operator_id, organisation_id, department_id, reason, person_id, person_email)
            values (@id, @operatorId, @OrganisationId, @DepartmentId, @Reason, @person, @email)
            """,
            new
            {
                id,
                operatorId = terms.Id,
                order.OrganisationId,
                order.DepartmentId,
                order.Reason,
                person = work.PrincipalIfAny?.PersonId,
                email = work.PrincipalIfAny?.Email ?? "",
            });
        await CardTickets.MarkAsync(
            work.Db, terms.Id, order.Tickets.Select(ticket => ticket.Bearer.CardNumber).OfType<string>());
        await NotifyAsync(work, terms, order);
        await work.AuditAsync(
            "ticket_order.made", "ticket_order:" + id, terms.Id, order.OrganisationId, order.DepartmentId,
            after: new
            {
                order.Reason,
                Tickets = order.Tickets.Select(ticket => new
                {
                    ticket.Id,
                    Product = ticket.Product.Code,
                    ticket.PriceMinor,
                    Bearer = ticket.Bearer.ToString(),
                    ticket.TravellerId,
                }),
            });
        await ChargeAsync(work, terms, order, id);
        return id;
    }

    /// <summary>
    /// Sends the receivers an SMS, each number one. A bound of messages holds an SMS back and no ticket: the log has it.
    /// </summary>
    private async Task NotifyAsync(UnitOfWork work, OperatorTerms terms, NewTicketOrder order)
    {
        foreach (var same in order.Tickets.Where(ticket => ticket.SmsTo is not null).GroupBy(ticket => ticket.SmsTo!, StringComparer.Ordinal))
        {
            var (first, count) = (same.First(), same.Count());
            await NotifyAsync(work, terms, order.OrganisationId, order.Organisation, first, count);
        }
    }

    /// <summary>Sends an SMS about a ticket that was sent, or about so many.</summary>
    public async Task NotifyAsync(
        UnitOfWork work, OperatorTerms terms, Guid organisationId, string organisation, NewTicket ticket, int count)
    {
        var text = MessageTexts.TicketSent(
            terms, organisation, ticket.Product.NameIn(terms.Language), count, ticket.Bearer.CardNumber);
        await outbox.TryAddAsync(
            work.Db,
            new NewMessage(terms, MessageKind.TicketSent, ticket.SmsTo!, null, text, Limits.TicketSmsTime)
            {
                OrganisationId = organisationId,
                TravellerId = ticket.TravellerId,
            });
    }

    /// <summary>What the invoice's line says of a ticket.</summary>
    private static string DescriptionOf(OperatorTerms terms, NewTicket ticket)
    {
        var product = ticket.Product.NameIn(terms.Language);
        return ticket.Bearer.CardNumber is { } card
            ? ChargeTexts.ToCard(terms.Language, product, card)
            : ChargeTexts.ToApp(terms.Language, product);
    }

    // Last: a month that is being closed holds charges back.
    private static async Task ChargeAsync(UnitOfWork work, OperatorTerms terms, NewTicketOrder order, Guid orderId)
    {
        var snapshots = new Dictionary<Guid, long>();
        foreach (var traveller in order.Tickets.Select(ticket => ticket.TravellerId).Distinct())
        {
            snapshots[traveller] = await BillingDetails.BillingSnapshotAsync(work.Db, traveller, order.DepartmentId);
        }

        var month = await NewCharge.MonthAsync(work.Db, terms);
        var charges = order.Tickets.Select(ticket => new NewCharge
        {
            BillingSnapshotId = snapshots[ticket.TravellerId],
            SourceKind = "ticket",
            SourceId = ticket.Id.ToString(),
            AmountMinor = ticket.PriceMinor,
            Vat = ticket.Product.Vat,
            CreditMonth = month,
            Description = DescriptionOf(terms, ticket),
            Product = ticket.Product.Code,
            Purpose = order.Reason,
        }).ToList();
        await NewCharge.AddAsync(work.Db, terms, charges);
        for (var i = 0; i < charges.Count; i++)
        {
            await AddAsync(work, terms, order, orderId, i + 1, order.Tickets[i], charges[i]);
        }
    }

    private static async Task AddAsync(
        UnitOfWork work, OperatorTerms terms, NewTicketOrder order, Guid orderId, int ordinal, NewTicket ticket, NewCharge charge)
    {
        await work.Db.ExecuteAsync(
            """
            insert into control.ticket (
              id, order_id, ordinal, operator_id, organisation_id, department_id, traveller_id, product, price_minor, charge_id,
              month, journey, card_number, mobile)
            values (
              @Id, @orderId, @ordinal, @operatorId, @OrganisationId, @DepartmentId, @TravellerId, @product, @PriceMinor, @charge,
              @month, @Journey::jsonb, @CardNumber, @Mobile)
            """,
            new
            {
                ticket.Id,
                orderId,
                ordinal = (short)ordinal,
                operatorId = terms.Id,
                order.OrganisationId,
                order.DepartmentId,
                ticket.TravellerId,
                product = ticket.Product.Code,
                ticket.PriceMinor,
                charge = charge.Id,
                month = charge.CreditMonth.Number,
                ticket.Journey,
                ticket.Bearer.CardNumber,
                ticket.Bearer.Mobile,
            });
        await TicketHistory.AddAsync(work.Db, new TicketEventRow
        {
            TicketId = ticket.Id,
            OperatorId = terms.Id,
            Event = "ordered",
            PersonId = work.PrincipalIfAny?.PersonId,
            RecordedBy = work.PrincipalIfAny?.Email ?? "",
            StateAfter = TicketState.Ordered,
            BearerAfter = ticket.Bearer.ToString(),
        });
        await EventOutbox.AddAsync(work.Db, TicketNews.Ordered(terms, orderId, ticket));
    }
}
