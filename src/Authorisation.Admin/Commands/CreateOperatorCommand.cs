using System.CommandLine;
using Authorisation.Core;
using Authorisation.Ledger.Provisioning;
using Npgsql;

namespace Authorisation.Admin.Commands;

/// <summary>Makes an operator, or changes the terms of the one that has the code.</summary>
internal static class CreateOperatorCommand
{
    public static Command Create()
    {
        var code = Text("--code", "Short name in lower case, such as jonkoping.");
        var name = Text("--name", "The name that travellers know.");
        var currency = Text("--currency", "ISO 4217 code.", "SEK");
        var zone = Text("--time-zone", "IANA time zone; months begin by its clocks.", "Europe/Stockholm");
        var country = Choice("--country", "Whose organisation and mobile numbers: SE or NO.", "SE", "SE", "NO");
        var language = Choice("--language", "Of messages: sv, nb or en.", "sv", "sv", "nb", "en");
        var login = Choice("--login", "What a traveller types beside the code.", "user-name", "user-name", "email", "mobile");
        var purpose = Choice("--purpose", "Of app purchases.", "optional", "none", "optional", "required");
        var cards = new Option<bool>("--card-credit") { Description = "Give credit on cards, too." };
        var app = new Option<bool>("--no-app-credit") { Description = "Give no credit in the app." };
        var cap = new Option<long?>("--cap-minor") { Description = "The most a traveller may have in a month, in minor units." };
        var vat = new Option<int>("--vat-basis-points") { Description = "VAT in hundredths of a percent.", DefaultValueFactory = _ => 600 };
        var hold = new Option<int>("--hold-minutes") { Description = "How long a hold lasts.", DefaultValueFactory = _ => 15 };
        var sender = Text("--sms-sender", "The sender of SMS, at most 11 letters and digits.", "Resor");
        var connection = ConnectionOption.Create();
        var command = new Command("create-operator", "Make an operator, or change the terms of the one that has the code.")
        {
            code, name, currency, zone, country, language, login, purpose, cards, app, cap, vat, hold, sender, connection,
        };
        command.SetAction((parsed, _) => ConnectionOption.RunAsync(parsed.GetValue(connection), async source =>
        {
            var terms = new NewOperator(
                parsed.GetValue(code)!, parsed.GetValue(name)!, parsed.GetValue(currency)!, parsed.GetValue(zone)!,
                parsed.GetValue(cards), PurposeOf(parsed.GetValue(purpose)!), parsed.GetValue(vat),
                TimeSpan.FromMinutes(parsed.GetValue(hold)));
            var administration = new AdministrationTerms(
                parsed.GetValue(country)!, parsed.GetValue(language)!, !parsed.GetValue(app), parsed.GetValue(cap),
                LoginOf(parsed.GetValue(login)!), parsed.GetValue(sender)!);
            await CreateAsync(source, terms, administration);
            return $"Operator {terms.Code} is there. Its first staff member: create-staff --operator {terms.Code} --email …";
        }));
        return command;
    }

    private static async Task CreateAsync(NpgsqlDataSource source, NewOperator terms, AdministrationTerms administration)
    {
        _ = TimeZoneInfo.FindSystemTimeZoneById(terms.TimeZone);
        var provisioner = new Provisioner(source);
        var id = await provisioner.AddOperatorAsync(terms);
        await provisioner.SetTermsAsync(id, terms);
        await provisioner.SetAdministrationTermsAsync(id, administration);
    }

    private static PurposeRule PurposeOf(string word) => word switch
    {
        "none" => PurposeRule.NotKept,
        "required" => PurposeRule.Required,
        _ => PurposeRule.KeptIfGiven,
    };

    private static ActivationLogin LoginOf(string word) => word switch
    {
        "email" => ActivationLogin.Email,
        "mobile" => ActivationLogin.Mobile,
        _ => ActivationLogin.UserName,
    };

    private static Option<string> Text(string name, string description, string? otherwise = null)
    {
        var option = new Option<string>(name) { Description = description, Required = otherwise is null };
        if (otherwise is not null)
        {
            option.DefaultValueFactory = _ => otherwise;
        }

        return option;
    }

    private static Option<string> Choice(string name, string description, string otherwise, params string[] values)
    {
        var option = Text(name, description, otherwise);
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
