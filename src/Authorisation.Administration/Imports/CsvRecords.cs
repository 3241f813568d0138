using System.Text;

namespace Authorisation.Administration.Imports;

/// <summary>A record of a text, with the line that it begins on.</summary>
internal sealed record CsvRecord(IReadOnlyList<string> Cells, int Line);

/// <summary>Takes a text of RFC 4180 apart into records, each with the line that it begins on.</summary>
/// <remarks>
/// A separate parser, because an error must name line and column: where a cell with several lines began, and not where
/// the reader had come to.
/// </remarks>
internal sealed class CsvRecords(string text, char delimiter)
{
    private readonly StringBuilder _cell = new();
    private int _at;
    private int _line = 1;

    /// <summary>What is wrong with the record that was read last; null when nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>The next record; null at the end. A blank line is a record with one empty cell.</summary>
    public CsvRecord? Next()
    {
        if (_at >= text.Length)
        {
            return null;
        }

        var began = _line;
        var cells = new List<string>();
        while (true)
        {
            cells.Add(_at < text.Length && text[_at] == '"' ? Quoted(began) : Plain());
            if (_at < text.Length && text[_at] == delimiter)
            {
                _at++;
                continue;
            }

            EndLine();
            return new CsvRecord(cells, began);
        }
    }

    private string Plain()
    {
        var end = text.AsSpan(_at).IndexOfAny(delimiter, '\r', '\n');
        var cell = text.Substring(_at, end < 0 ? text.Length - _at : end);
        _at += cell.Length;
        if (cell.Contains('"', StringComparison.Ordinal))
        {
            Fault ??= "has a quote in the middle of a cell that does not begin with one";
        }

        return cell;
    }

    private string Quoted(int began)
    {
        _cell.Clear();
        for (_at++; _at < text.Length; _at++)
        {
            var character = text[_at];
            if (character == '"')
            {
                if (_at + 1 < text.Length && text[_at + 1] == '"')
                {
                    _at++;
                }
                else
                {
                    _at++;
                    return AfterQuote();
                }
            }
            else if (character == '\n')
            {
                _line++;
            }

            _cell.Append(character);
        }

        Fault ??= $"has a quote on line {began} that is never closed";
        return _cell.ToString();
    }

    private string AfterQuote()
    {
        if (Plain().Trim().Length > 0)
        {
            Fault ??= "has text behind a closing quote";
        }

        return _cell.ToString();
    }

    private void EndLine()
    {
        if (_at < text.Length && text[_at] == '\r')
        {
            _at++;
        }

        if (_at < text.Length && text[_at] == '\n')
        {
            _at++;
        }

        _line++;
    }
}
