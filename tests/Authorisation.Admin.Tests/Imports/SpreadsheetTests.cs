using System.Text;
using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Imports;

/// <summary>Files as they come out of Excel and of people's hands: read rightly, or told in words that help.</summary>
[Trait("Tier", "Slow")]
public sealed class SpreadsheetTests(SharedAdmin shared) : AdminTest(shared)
{
    private const string Header = "e-post;namn;mobilnummer;avdelning;kreditgräns";

    public static TheoryData<string, byte[]> Saved => new()
    {
        { "UTF-16 and tabs, as Unicode text", Marked(Encoding.Unicode, Rows('\t')) },
        { "UTF-16, big end first", Marked(Encoding.BigEndianUnicode, Rows(';')) },
        { "UTF-16 without its mark", Encoding.Unicode.GetBytes(Rows(';')) },
        { "UTF-16, big end first, without its mark", Encoding.BigEndianUnicode.GetBytes(Rows(',')) },
        { "tabs", Encoding.UTF8.GetBytes(Rows('\t')) },
        { "a first line that says the separator", Encoding.UTF8.GetBytes("sep=;\r\n" + Rows(';')) },
        { "the same with tabs", Marked(Encoding.UTF8, "SEP=\t\r\n" + Rows('\t')) },
        { "a first line that says the separator, and other separators in it", Encoding.UTF8.GetBytes("sep=,\n" + Rows(',')) },
        { "empty columns behind", Encoding.UTF8.GetBytes(Rows(';', ";;;")) },
        { "an unknown column with nothing in it", Encoding.UTF8.GetBytes(Rows(';', ";Kommentar", ";")) },
        { "capitals and other spellings", Encoding.UTF8.GetBytes(Rows(';').Replace("e-post;namn", " E-Postadress *;NAMN:", StringComparison.Ordinal)) },
        { "columns in another order", Encoding.UTF8.GetBytes("Kreditgräns;Namn;E-post\r\n;Åsa Öst;asa@example.com\r\n;Örjan Ål;orjan@example.com") },
    };

    [Theory]
    [MemberData(nameof(Saved))]
    public async Task A_file_is_read_however_a_spreadsheet_saved_it(string how, byte[] file)
    {
        var customer = await NewCustomerAsync("jonkoping");

        var staged = await customer.Administrator.PostCsvAsync(Path(customer), file);

        Assert.True(staged.Status == 202, $"{how}: {staged.Text}");
        await customer.ImportedAsync(staged.Id);
        var names = (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/travellers")).Is(200).Items.Select(one => one["name"]!.ToString());
        Assert.Equal(["Åsa Öst", "Örjan Ål"], names.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("jonkoping", "701234{0}", "+46701234{0}")]
    [InlineData("jonkoping", "46701235{0}", "+46701235{0}")]
    [InlineData("jonkoping", "\u202a+46 70 123 6{0}\u202c", "+46701236{0}")]
    [InlineData("akt", "4791234{0}", "+4791234{0}")]
    public async Task A_mobile_number_is_read_as_the_spreadsheet_left_it(string profile, string written, string expected)
    {
        var customer = await NewCustomerAsync(profile);
        var digits = Some.SwedishMobile()[^3..];
        var culture = System.Globalization.CultureInfo.InvariantCulture;

        await ImportAsync(customer, $"e-post;mobilnummer\nanna@example.com;{string.Format(culture, written, digits)}");

        var traveller = (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/travellers")).Is(200).Items.Single();
        Assert.Equal(string.Format(culture, expected, digits), traveller["mobile"]!.ToString());
    }

    [Theory]
    [InlineData("500,5", 50_050)]
    [InlineData("500.5", 50_050)]
    [InlineData("500:-", 50_000)]
    [InlineData("\u00a0500 kr", 50_000)]
    public async Task An_amount_is_read_as_people_write_it(string written, long minor)
    {
        var customer = await NewCustomerAsync("jonkoping");

        await ImportAsync(customer, $"E-post;Mobil;Kreditgräns\nanna@example.com;{Some.SwedishMobile()};{written}");

        Assert.Equal(minor, await Ledger.AskAsync<long>(
            """
            select a.limit_minor from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id
            join traveller t on t.id = p.traveller_id where t.organisation_id = @Id
            """,
            new { customer.Id }));
    }

    [Fact]
    public async Task A_department_is_found_by_its_name_and_by_the_way_down_to_it()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var (north, south) = (await customer.AddDepartmentAsync("Norr"), await customer.AddDepartmentAsync("Söder"));
        var (one, other) = (await customer.AddDepartmentAsync("Försäljning", north), await customer.AddDepartmentAsync("Försäljning", south));

        // Composed as a Mac does it.
        await ImportAsync(customer, "e-post;avdelning\na@example.com;  so\u0308der \nb@example.com;norr / FÖRSÄLJNING\nc@example.com;Söder>Försäljning");

        var departments = (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/travellers")).Is(200).Items
            .ToDictionary(item => item["email"]!.ToString(), item => Guid.Parse(item["department_id"]!.ToString()), StringComparer.Ordinal);
        Assert.Equal((south, one, other), (departments["a@example.com"], departments["b@example.com"], departments["c@example.com"]));
        Assert.Contains("Norr", Single(await RefusedAsync(customer, "e-post;avdelning\na@example.com;Öster"), "avdelning 2:2", "not_found"), StringComparison.Ordinal);
        Assert.Contains("several departments", Single(await RefusedAsync(customer, "e-post;avdelning\na@example.com;Försäljning"), "avdelning 2:2", "not_found"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Anställningsnr;Namn;E-post\n17;Anna;anna@example.com", "Anställningsnr 1:1", "unknown", "delete the column")]
    [InlineData("E-post;Mobiltel\nanna@example.com;070", "Mobiltel 1:2", "unknown", "did you mean mobilnummer?")]
    [InlineData("E-post;Telefon\nanna@example.com;070", "Telefon 1:2", "unknown", "did you mean mobilnummer?")]
    [InlineData("E-pots;Namn\nanna@example.com;Anna", "E-pots 1:1", "unknown", "did you mean e-post?")]
    [InlineData("E-post;Förnamn\nanna@example.com;Anna", "Förnamn 1:2", "unknown", "did you mean namn, which has first and last name together?")]
    [InlineData("E-post;Namn;email\nanna@example.com;Anna;b@example.com", "email 1:3", "repeated", "is what column 1 is already")]
    [InlineData("E-post;;Namn\nanna@example.com;x;Anna", "file 2:2", "unknown", "has text in a column without a name")]
    [InlineData("anna@example.com;Anna;0701234567\nb@example.com;Bo;", "file 1:1", "required", "put this line first: " + Header)]
    [InlineData("Anna;Bo\nCecilia;David", "file 1:1", "required", "put this line first: " + Header)]
    [InlineData("Namn;Mobil\nAnna;0701234567", "e-post 1:1", "required", "the file must have")]
    [InlineData("E-post;Mobil\nanna@example.com;4,67012E+10", "Mobil 2:2", "damaged", "4,67012E+10 by the spreadsheet, which has lost digits: format column Mobil as text")]
    [InlineData("E-post;Mobil;Kreditgräns\nanna@example.com;4.6701E+10;500", "Mobil 2:2", "damaged", "as text")]
    [InlineData("E-post;Mobil;Kreditgräns\nanna@example.com;12;500", "Mobil 2:2", "malformed", "070-123 45 67")]
    [InlineData("E-post;Mobil;Kreditgräns\nanna@example.com;0701234567;1.500", "Kreditgräns 2:3", "malformed", "500 or 500,50")]
    [InlineData("E-post;Mobil;Kreditgräns\nanna@example.com;0701234567;15001", "Kreditgräns 2:3", "out_of_range", "1 to 15000 kr")]
    [InlineData("E-post;Kreditgräns\nanna@example.com;500", "Kreditgräns 2:2", "required", "needs a mobile number")]
    public async Task One_cause_is_one_error_in_the_files_words_with_its_place(string file, string place, string code, string words)
    {
        var customer = await NewCustomerAsync("jonkoping");

        var message = Single(await RefusedAsync(customer, file), place, code);

        Assert.Contains(words, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Valid_rows_are_applied_and_the_others_told_in_the_files_words()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var staged = (await customer.Administrator.PostCsvAsync(
            Path(customer) + "?mode=valid_rows", "Namn;Avdelning;E-post\n;;a@example.com\n;;x")).Is(202);

        var import = await customer.ImportedAsync(staged.Id);

        Assert.Equal(("1", "E-post 3:3"), (import["rows_applied"], import.Places));
        Assert.Equal("malformed", import.Body["errors"]![0]!["code"]!.ToString());
    }

    private static byte[] Marked(Encoding encoding, string text) => [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];

    private static string Rows(char delimiter, string behindHeader = "", string? behindRow = null) => string.Concat(
        $"{Header}{behindHeader}\r\n",
        $"asa@example.com;Åsa Öst;;;{behindRow ?? behindHeader}\r\n",
        $"orjan@example.com;Örjan Ål;;;{behindRow ?? behindHeader}\r\n").Replace(';', delimiter);

    private static string Path(AdminOrganisation customer) => $"/v1/organisations/{customer.Id}/traveller-imports";

    private static async Task<ApiAnswer> ImportAsync(AdminOrganisation customer, string file)
    {
        var import = await customer.ImportedAsync((await customer.Administrator.PostCsvAsync(Path(customer), file)).Is(202).Id);
        Assert.Equal("0", import["rows_failed"]);
        return import;
    }

    private static async Task<ApiAnswer> RefusedAsync(AdminOrganisation customer, string file) =>
        (await customer.Administrator.PostCsvAsync(Path(customer), file)).IsProblem(422, "rows_refused");

    // Nothing else was told, and this is what was.
    private static string Single(ApiAnswer refused, string place, string code)
    {
        Assert.Equal(place, refused.Places);
        JsonNode error = refused.Body["errors"]![0]!;
        Assert.Equal(code, error["code"]!.ToString());
        return error["message"]!.ToString();
    }
}
