using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Authorisation.Admin.Portal;

/// <summary>A piece of a page. Whatever text is put into one is encoded; only another piece goes in as it is.</summary>
internal readonly record struct Html
{
    private readonly string? _text;

    private Html(string text) => _text = text;

    /// <summary>Nothing.</summary>
    public static Html None => default;

    /// <summary>A piece, from what is written around the texts in it.</summary>
    public static Html Of(ref Handler handler) => new(handler.Finish());

    /// <inheritdoc />
    public override string ToString() => _text ?? "";

    /// <summary>Called by the compiler with the parts of an interpolated string.</summary>
    [InterpolatedStringHandler]
    public ref struct Handler(int literalLength, int formattedCount)
    {
        private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

        private readonly StringBuilder _all = new(literalLength + (formattedCount * 32));

        public readonly void AppendLiteral(string text) => _all.Append(text);

        public readonly void AppendFormatted(string? text) => _all.Append(Encoder.Encode(text ?? ""));

        public readonly void AppendFormatted(Html piece) => _all.Append(piece);

        internal readonly string Finish() => _all.ToString();
    }
}
