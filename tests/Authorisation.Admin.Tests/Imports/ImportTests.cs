using System.Net.Sockets;
using System.Text;
using Authorisation.Admin.Tests.Support;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Admin.Tests.Imports;

[Trait("Tier", "Slow")]
public sealed class ImportTests(SharedAdmin shared) : AdminTest(shared)
{
    private static readonly string Files = System.IO.Path.Combine(AppContext.BaseDirectory, "Imports", "Files");

    [Theory]
    [InlineData("semicolons-crlf-bom.csv")]
    [InlineData("commas-lf-quotes.csv")]
    [InlineData("windows-1252.csv")]
    [InlineData("blank-lines.csv")]
    [InlineData("blank-line-then-commas.csv")]
    public async Task A_file_as_a_spreadsheet_writes_it_is_taken(string file)
    {
        var customer = await NewCustomerAsync("jonkoping");

        var import = await ImportAsync(customer, await ReadAsync(file));

        Assert.Equal(("done", "2", "2", "0"), (import["status"], import["rows_total"], import["rows_applied"], import["rows_failed"]));
        var names = (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/travellers")).Is(200).Items.Select(one => one["name"]!.ToString());
        Assert.Equal(["Åsa \"Ö\" Ek; Östersund, Frösön", "Örjan Ål"], names.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("duplicate-emails.csv", "email 3:1")]
    [InlineData("too-much.csv", "limit 2:4,limit 3:4")]
    [InlineData("formulas.csv", "name 2:2,name 3:2,name 4:2")]
    [InlineData("no-mobile.csv", "limit 2:3")]
    [InlineData("same-mobile.csv", "mobile 3:2")]
    [InlineData("wrong-everything.csv", "email 2:1,mobile 2:3,department 2:4,limit 2:5")]
    [InlineData("unknown-column.csv", "personnummer 1:2")]
    [InlineData("no-email-column.csv", "e-post 1:1")]
    [InlineData("open-quote.csv", "file 3:1")]
    [InlineData("too-many-cells.csv", "file 2:3")]
    [InlineData("empty.csv", "file 1:1")]
    [InlineData("lines-in-a-cell.csv", "name 2:2,email 4:1")]
    public async Task A_nasty_file_is_refused_whole_with_line_and_column(string file, string expected)
    {
        var customer = await NewCustomerAsync("jonkoping");

        var refused = (await customer.Administrator.PostCsvAsync(Path(customer), await ReadAsync(file))).IsProblem(422, "rows_refused");

        Assert.Equal(expected, refused.Places);
        Assert.Empty((await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/travellers")).Is(200).Items);
    }

    [Fact]
    public async Task The_file_of_somebody_who_is_not_signed_in_is_not_waited_for()
    {
        var customer = await NewCustomerAsync("jonkoping");
        using var client = new TcpClient();
        await client.ConnectAsync(Host.Http.BaseAddress!.Host, Host.Http.BaseAddress.Port);
        await using var stream = client.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"""
            POST {Path(customer)} HTTP/1.1
            Host: {Host.Http.BaseAddress.Authority}
            Authorization: Bearer made-up
            Content-Type: text/csv
            Content-Length: 1000000


            """.ReplaceLineEndings("\r\n")));

        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 401 Unauthorized", await reader.ReadLineAsync().WaitAsync(Eventually.Bound));
    }

    [Fact]
    public async Task Valid_rows_are_taken_when_asked_for_and_the_others_told()
    {
        var customer = await NewCustomerAsync("jonkoping");

        var import = await ImportAsync(customer, "email,limit\nanna@example.com,\nnot-an-address,\n"u8.ToArray(), "?mode=valid_rows");

        Assert.Equal(("2", "1", "1"), (import["rows_total"], import["rows_applied"], import["rows_failed"]));
        Assert.Equal("email 3:1", import.Places);
    }

    [Fact]
    public async Task Limits_give_app_credit_at_once_and_the_same_file_again_changes_nothing()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var (one, other) = (Some.SwedishMobile(), Some.SwedishMobile());
        var file = $"e-post;namn;mobilnummer;avdelning;kreditgräns\r\nanna@example.com;Anna;0{one[3..5]}-{one[5..8]} {one[8..]};;500\r\nerik@example.com;Erik;{other};;1 500,50 kr\r\n";

        var first = await ImportAsync(customer, Encoding.UTF8.GetBytes(file));
        Assert.Equal("2", first["rows_applied"]);
        await Mailbox.CodeAsync(one);
        await Mailbox.CodeAsync(other);
        var before = await RevisionsAsync(customer);

        var second = await ImportAsync(customer, Encoding.UTF8.GetBytes(file));

        Assert.Equal(("0", "2"), (second["rows_applied"], second["rows_unchanged"]));
        Assert.Equal(before, await RevisionsAsync(customer));
        Assert.Single(Mailbox.To(one));
        var raised = await ImportAsync(customer, Encoding.UTF8.GetBytes(file.Replace(";500\r", ";600\r", StringComparison.Ordinal)));
        Assert.Equal(("1", "1"), (raised["rows_applied"], raised["rows_unchanged"]));
    }

    [Fact]
    public async Task Many_rows_are_staged_whole_and_applied_in_parts()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var file = new StringBuilder("email\n");
        for (var i = 0; i < 450; i++)
        {
            file.Append(System.Globalization.CultureInfo.InvariantCulture, $"person{i}@example.com\n");
        }

        var staged = (await customer.Administrator.PostCsvAsync(Path(customer), file.ToString())).Is(202);
        Assert.Equal("450", staged["rows_total"]);
        var import = await customer.ImportedAsync(staged.Id);

        Assert.Equal("450", import["rows_applied"]);
        Assert.Equal(450L, await Ledger.AskAsync<long>(
            "select count(*) from control.audit_entry where organisation_id = @Id and action = 'traveller.added'", new { customer.Id }));
        Assert.Equal(0L, await Ledger.AskAsync<long>(
            "select count(*) from control.traveller_import_row where import_id = @Id", new { import.Id }));
    }

    [Fact]
    public async Task The_template_is_one_that_can_be_imported_and_the_mode_is_checked()
    {
        var customer = await NewCustomerAsync("akt");
        var template = (await customer.Administrator.GetAsync(Path(customer) + "/template")).Is(200);
        Assert.Equal("text/csv", template.ContentType);
        // The client takes the mark of UTF-8 off.
        Assert.StartsWith("e-post;navn;", template.Text, StringComparison.Ordinal);
        var department = (await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/departments")).Is(200).Items.Single()["name"];
        Assert.Equal(
            $"anna.exempel@example.com;Anna Exempel;+47 400 00 000;\"{department}\";500",
            template.Text.Split("\r\n")[1]);

        // The example is nobody and stays out; what is written below it is taken.
        Assert.Equal("0", (await ImportAsync(customer, Encoding.UTF8.GetBytes(template.Text)))["rows_total"]);
        var filled = template.Text + template.Text.Split("\r\n")[1].Replace("anna.exempel@", "kari@", StringComparison.Ordinal);
        Assert.Equal("1", (await ImportAsync(customer, Encoding.UTF8.GetBytes(filled)))["rows_applied"]);
        (await customer.Administrator.PostCsvAsync(Path(customer) + "?mode=some", [])).RefusesFields("mode");
        (await customer.Administrator.PostAsync(Path(customer), new { })).IsProblem(415, "unsupported_media_type");
    }

    [Fact]
    public async Task Limits_need_the_right_to_give_credit_and_departments_are_those_of_the_importer()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var department = await customer.AddDepartmentAsync("Verkstad");
        var chief = await customer.AddAdministratorAsync(["travellers"], [department]);

        (await chief.PostCsvAsync(Path(customer), $"email,mobile,limit\na@example.com,{Some.SwedishMobile()},500")).IsProblem(403, "forbidden");
        (await chief.PostCsvAsync(Path(customer), "email,department\na@example.com,Vätterns Teknik AB")).IsProblem(422, "rows_refused");
        var staged = (await chief.PostCsvAsync(Path(customer), "email\na@example.com")).Is(202);
        await customer.ImportedAsync(staged.Id);
        Assert.Equal(department.ToString(), (await chief.GetAsync($"/v1/organisations/{customer.Id}/travellers")).Is(200).Items.Single()["department_id"]!.ToString());
    }

    [Fact]
    public async Task A_number_that_another_travellers_app_is_on_is_refused_also_in_a_row_without_a_limit()
    {
        var customer = await NewCustomerAsync("jonkoping");
        var (one, other) = (await customer.TravellerAsync(), await customer.TravellerAsync());
        await customer.GiveAppAsync(one.Id);
        await customer.GiveAppAsync(other.Id);

        var refused = await customer.Administrator.PostCsvAsync(
            Path(customer), $"email,mobile,limit\nnew@example.com,,\n{one["email"]},{other["mobile"]},\n");

        Assert.Equal("mobile 3:2", refused.IsProblem(422, "rows_refused").Places);
    }

    private static string Path(AdminOrganisation customer) => $"/v1/organisations/{customer.Id}/traveller-imports";

    private static Task<byte[]> ReadAsync(string file) => File.ReadAllBytesAsync(System.IO.Path.Combine(Files, file));

    private static async Task<ApiAnswer> ImportAsync(AdminOrganisation customer, byte[] file, string query = "") =>
        await customer.ImportedAsync((await customer.Administrator.PostCsvAsync(Path(customer) + query, file)).Is(202).Id);

    private Task<string> RevisionsAsync(AdminOrganisation customer) => Ledger.AskAsync<string>(
        """
        select string_agg(t.revision || ' ' || a.revision || ' ' || a.version || ' ' || a.billing_snapshot_id, ',' order by t.id)
        from traveller t join billing_snapshot p on p.traveller_id = t.id join credit_account a on a.billing_snapshot_id = p.id
        where t.organisation_id = @Id
        """,
        new { customer.Id });
}
