using Authorisation.Admin.Api.Imports;
using Authorisation.Admin.Web;
using Authorisation.Administration.Products;
using Authorisation.Administration.Work;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Products;

/// <summary>What an operator sells and at what price: set by its staff, read by its customers' administrators, too.</summary>
internal static class ProductEndpoints
{
    private const string Route = "/v1/operators/{code}/products";
    private const string PriceList = "/v1/operators/{code}/price-list";
    private const string Tag = "products";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, ListAsync).WithName("list_products").WithTags(Tag)
            .Answers<Page<ProductView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapGet(Route + "/{product}", GetAsync).WithName("get_product").WithTags(Tag)
            .Answers<ProductView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPut(Route + "/{product}", SetAsync).WithName("set_product").WithTags(Tag)
            .Answers<ProductView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status412PreconditionFailed);
        routes.MapPost(Route + "/{product}/prices", AddPriceAsync).WithName("add_price").WithTags(Tag)
            .Answers<ProductView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status422UnprocessableEntity);
        routes.MapGet(PriceList, PriceListAsync).WithName("get_price_list").WithTags(Tag)
            .Answers<Page<ListedPriceView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPost(PriceList, ImportAsync).WithName("import_price_list").WithTags(Tag)
            .Answers<PriceListImportView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status413PayloadTooLarge, StatusCodes.Status422UnprocessableEntity);
        routes.MapGet(PriceList + "/template", TemplateAsync).WithName("get_price_list_template").WithTags(Tag)
            .Produces<string>(StatusCodes.Status200OK, AnswerFormat.CsvType)
            .Produces<Problem>(StatusCodes.Status403Forbidden, Problem.ContentType)
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.ContentType);
    }

    private static async Task<Reply> ListAsync(
        Call call, ListProducts list, string code, [AsParameters] PageQuery page, [FromQuery] string? q,
        [FromQuery, WordsOf<ProductKind>] string? kind, [FromQuery(Name = "sold_by"), SoldByWords] string? soldBy)
    {
        var filter = new ProductFilter(kind is null ? null : Words.Read<ProductKind>(kind), SoldByNames.Find(soldBy), q);
        var (_, rows) = await list.RunAsync(call.Work, code, filter, day: null, After(page), page.Size);
        return Reply.Ok(Page<ProductView>.Of(rows, page.Size, ProductView.Of, row => row.Code));
    }

    private static async Task<Reply> GetAsync(Call call, GetProduct get, string code, string product) =>
        Shown(await get.RunAsync(call.Work, code, product));

    private static async Task<Reply> SetAsync(Call call, SetProduct set, string code, string product, Body<ProductBody> body) =>
        Shown((await set.RunAsync(call.Work, code, product, call.Request(body, sent => sent.ToRequest()))).Product);

    private static async Task<Reply> AddPriceAsync(Call call, AddPrice add, string code, string product, Body<PriceBody> body)
    {
        var priced = await add.RunAsync(
            call.Work, code, product, call.Request(body, sent => new PriceRequest(sent.PriceMinor, sent.ValidFrom)));
        return Reply.Created($"/v1/operators/{code}/products/{product}", ProductView.Of(priced), priced.Row.Revision);
    }

    private static async Task<Reply> PriceListAsync(
        Call call, ListProducts list, string code, [AsParameters] PageQuery page, [FromQuery] DateOnly? day)
    {
        var (of, rows) = await list.RunAsync(call.Work, code, new ProductFilter(), day, After(page), page.Size);
        return Reply.Ok(Page<ListedPriceView>.Of(
            rows, page.Size,
            row => new ListedPriceView(
                row.Code, new ProductNames(row.NameSv, row.NameNb, row.NameEn), Words.Of(row.Kind), of, row.PriceMinor),
            row => row.Code));
    }

    private static async Task<Reply> ImportAsync(Call call, ImportPriceList import, string code, CsvBody body)
    {
        var done = await import.RunAsync(call.Work, code, body.Bytes);
        return Reply.Ok(new PriceListImportView(done.Rows, done.ProductsAdded, done.ProductsChanged, done.PricesAdded));
    }

    private static async Task<Reply> TemplateAsync(Call call, GetPriceListTemplate get, string code) => new(
        StatusCodes.Status200OK)
    {
        Text = await get.RunAsync(call.Work, code),
        ContentType = AnswerFormat.CsvType,
    };

    private static string After(PageQuery page) =>
        page.AfterText is not { } text ? "" : ProductRequest.IsCode(text) ? text : page.Wrong<string>() ?? "";

    private static Reply Shown(ProductDetails product) => Reply.Ok(ProductView.Of(product), product.Row.Revision);
}
