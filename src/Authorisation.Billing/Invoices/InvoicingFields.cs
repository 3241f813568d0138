using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Billing.Invoices;

/// <summary>Checks how an operator wants to invoice.</summary>
internal static class InvoicingFields
{
    /// <summary>What is to be in force; of use only when nothing was wrong.</summary>
    /// <param name="fields">Where everything that is wrong is added.</param>
    /// <param name="sent">What was sent.</param>
    /// <param name="terms">The operator.</param>
    /// <param name="before">What is in force; null when nothing is.</param>
    /// <param name="lastNumber">The last number of the operator's series that was used; null before the first.</param>
    public static Invoicing Read(
        Fields fields, InvoicingRequest sent, OperatorTerms terms, Invoicing? before, long? lastNumber)
    {
        var country = terms.Country;
        var days = sent.PaymentDays ?? Limits.PaymentDaysDefault;
        if (days is < 0 or > Limits.PaymentDaysMax)
        {
            fields.AddOutOfRange("payment_days", 0, Limits.PaymentDaysMax);
        }

        return new Invoicing
        {
            Seller = Seller(fields, sent.Seller, country),
            Payment = Payment(fields, sent.Payment, country, days),
            PaymentDays = days,
            NumberPrefix = Prefix(fields, sent.NumberPrefix),
            NextNumber = Number(fields, sent, before?.NextNumber ?? 1, lastNumber),
            ItemisesCards = sent.ItemisesCards ?? true,
            ShowsPurchasesAtOnce = sent.ShowsPurchasesAtOnce ?? true,
            ProductTexts = Products(fields, sent.ProductTexts),
            Revision = (before?.Revision ?? 0) + 1,
        };
    }

    private static Party Seller(Fields fields, SellerRequest? given, string country)
    {
        var sent = given ?? new SellerRequest();
        if (!OrganisationNumber.TryNormalise(sent.OrganisationNumber, country, out var number))
        {
            fields.Add("seller.organisation_number", FieldCode.Malformed, country == "NO"
                ? "must be nine digits, with the right check digit" : "must be ten digits, with the right check digit");
        }

        if (sent.Address is null)
        {
            fields.Add("seller.address", FieldCode.Required, "is required");
        }

        if (string.IsNullOrWhiteSpace(sent.VatNumber))
        {
            // Copied onto each invoice, where it cannot be corrected afterwards.
            fields.Add("seller.vat_number", FieldCode.Required, "is required: no e-invoice with VAT is without it");
        }

        if ((country == "NO" && sent.HasFTax == true) || (country != "NO" && sent.IsInForetaksregisteret == true))
        {
            fields.Add(
                country == "NO" ? "seller.has_f_tax" : "seller.is_in_foretaksregisteret", FieldCode.NotPossible,
                $"is not of sellers in {country}");
        }

        return new Party
        {
            Name = fields.Required("seller.name", sent.Name, Limits.NameCharactersMax),
            OrganisationNumber = number,
            VatNumber = OrganisationNumbers.VatNumber(fields, sent.VatNumber, country, number, "seller.vat_number"),
            Country = country,
            ElectronicAddress = fields.ElectronicAddress("seller.electronic_address", sent.ElectronicAddress),
            PostalAddress = PostalAddress.Check(fields, "seller.address", sent.Address),
            Contact = Contact(fields, sent.Contact),
            IsApprovedForFTax = sent.HasFTax ?? false,
            IsInForetaksregisteret = sent.IsInForetaksregisteret ?? false,
            LegalForm = fields.Optional("seller.legal_form", sent.LegalForm, Limits.NameCharactersMax),
        };
    }

    private static PartyContact? Contact(Fields fields, PartyContact? sent) => sent is null
        ? null
        : new PartyContact(
            fields.Optional("seller.contact.name", sent.Name, Limits.NameCharactersMax),
            fields.Optional("seller.contact.phone", sent.Phone, Limits.PhoneCharactersMax),
            string.IsNullOrWhiteSpace(sent.Email) ? null : fields.Email("seller.contact.email", sent.Email));

    private static PaymentDetails Payment(Fields fields, PaymentRequest? given, string country, int days)
    {
        var sent = given ?? new PaymentRequest();
        var payment = new PaymentDetails
        {
            Bankgiro = Way(
                fields, "bankgiro", sent.Bankgiro, country is "SE", PaymentNumber.TryNormaliseBankgiro, "7 or 8 digits"),
            Plusgiro = Way(
                fields, "plusgiro", sent.Plusgiro, country is "SE", PaymentNumber.TryNormalisePlusgiro, "2 to 8 digits"),
            Iban = Way(fields, "iban", sent.Iban, true, PaymentNumber.TryNormaliseIban, "an IBAN"),
            Bic = Way(fields, "bic", sent.Bic, true, PaymentNumber.TryNormaliseBic, "8 or 11 letters and digits"),
            NorwegianAccount = Way(
                fields, "account", sent.Account, country is "NO", PaymentNumber.TryNormaliseNorwegianAccount, "eleven digits"),
            TermsDays = days,
        };
        if (string.IsNullOrWhiteSpace(sent.Bankgiro + sent.Plusgiro + sent.Iban + sent.Account))
        {
            fields.Add("payment", FieldCode.Required, country == "NO" ? "needs account or iban" : "needs bankgiro, plusgiro or iban");
        }

        if (!string.IsNullOrWhiteSpace(sent.Bic) && string.IsNullOrWhiteSpace(sent.Iban))
        {
            fields.Add("payment.bic", FieldCode.NotPossible, "is of an iban, which is missing");
        }

        return payment;
    }

    private delegate bool Normaliser(string? text, out string number);

    private static string? Way(
        Fields fields, string field, string? sent, bool isOfCountry, Normaliser normalise, string form)
    {
        if (string.IsNullOrWhiteSpace(sent))
        {
            return null;
        }

        if (!isOfCountry)
        {
            fields.Add("payment." + field, FieldCode.NotPossible, "does not exist in the operator's country");
            return null;
        }

        if (!normalise(sent, out var number))
        {
            fields.Add("payment." + field, FieldCode.Malformed, $"must be {form}{(field == "bic" ? "" : ", with the right check digit")}");
        }

        return number;
    }

    private static string Prefix(Fields fields, string? sent)
    {
        var prefix = fields.Optional("number_prefix", sent, Limits.InvoicePrefixCharactersMax) ?? "";
        // Numbers are typed by people and are part of file names.
        if (!prefix.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            fields.Add("number_prefix", FieldCode.Characters, "must be letters a to z, digits and hyphens");
        }
        else if (prefix.Length > 0 && char.IsAsciiDigit(prefix[^1]))
        {
            // JLT-1 before 11 and JLT- before 111 are the same number: no prefix may go on in the digits behind it.
            fields.Add("number_prefix", FieldCode.Malformed, "must not end with a digit: the number follows it");
        }

        return prefix;
    }

    private static ProductTexts Products(Fields fields, IReadOnlyDictionary<string, string?>? sent)
    {
        const string Field = "product_texts";
        if (sent?.Count > Limits.ProductTextsMax)
        {
            fields.Add(Field, FieldCode.TooLong, $"must have at most {Limits.ProductTextsMax} products");
            return ProductTexts.None;
        }

        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (code, text) in sent ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            fields.Required(Field, code, Limits.CodeCharactersMax);
            texts[code] = fields.Required($"{Field}.{code}", text, Limits.NameCharactersMax);
        }

        return new ProductTexts(texts);
    }

    // Whatever is accepted here, the series can go on: it takes a thousand jumps to use up what a number may be, and a
    // jump that no invoice has followed yet is taken back.
    private static long Number(Fields fields, InvoicingRequest sent, long inForce, long? lastNumber)
    {
        if (sent.FirstNumber is { } first)
        {
            if (lastNumber is not null)
            {
                fields.Add("first_number", FieldCode.NotPossible, "cannot be set any more: there are invoices, and the series goes on");
            }
            else if (sent.NextNumber is not null && sent.NextNumber != first)
            {
                fields.Add("next_number", FieldCode.NotPossible, "must be the first number until the first invoice is made, or not be sent");
            }
        }

        var field = sent.FirstNumber is null ? "next_number" : "first_number";
        var number = sent.FirstNumber ?? sent.NextNumber ?? inForce;
        var least = (lastNumber ?? 0) + 1;
        var most = lastNumber is { } last ? Math.Min(last + Limits.InvoiceNumberJumpMax, Limits.InvoiceNumberMax) : Limits.InvoiceNumberFirstMax;
        if (number != inForce && (number < least || number > most))
        {
            fields.AddOutOfRange(field, least, most, lastNumber is null
                ? ""
                : $": {lastNumber} is used, and at most {Limits.InvoiceNumberJumpMax} are skipped at once");
        }

        return number;
    }
}
