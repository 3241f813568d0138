using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One header or trailer; it does not change.</summary>
    public class Entry
    {
        private readonly string? _value;
        private readonly byte[]? _valueBytes;

        /// <summary>Creates a text entry.</summary>
        /// <param name="key">The key; it must not end in <c>-bin</c>.</param>
        /// <param name="value">The text, ASCII.</param>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = Normalise(key);
            if (IsBinaryKey(Key))
            {
                throw new ArgumentException("Key for ASCII valued metadata entry cannot have suffix indicating binary value.", nameof(key));
            }

            _value = value;
        }

        /// <summary>Creates a binary entry.</summary>
        /// <param name="key">The key; it must end in <c>-bin</c>.</param>
        /// <param name="valueBytes">The bytes, copied.</param>
        public Entry(string key, byte[] valueBytes)
            : this(valueBytes is null ? throw new ArgumentNullException(nameof(valueBytes)) : Normalise(key), (byte[])valueBytes.Clone(), owned: true)
        {
            if (!IsBinaryKey(Key))
            {
                throw new ArgumentException(
                    $"Key for binary valued metadata entry needs to have '{BinaryHeaderSuffix}' suffix indicating binary value.",
                    nameof(key));
            }
        }

        private Entry(string key, byte[] valueBytes, bool owned)
        {
            _ = owned;
            Key = key;
            _valueBytes = valueBytes;
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>The text; a binary entry throws.</summary>
        public string Value => _value
            ?? throw new InvalidOperationException("Cannot access string value of a binary metadata entry");

        /// <summary>A copy of the bytes; a text's bytes are its ASCII.</summary>
        public byte[] ValueBytes => _valueBytes is null ? Encoding.ASCII.GetBytes(_value!) : (byte[])_valueBytes.Clone();

        /// <summary>Whether the entry is binary.</summary>
        public bool IsBinary => _value is null;

        internal ReadOnlySpan<byte> BinaryValue => _valueBytes;

        /// <inheritdoc />
        public override string ToString() => IsBinary
            ? $"[Entry: key={Key}, valueBytes={_valueBytes}]"
            : $"[Entry: key={Key}, value={_value}]";

        internal static Entry FromOwnedBytes(string key, byte[] valueBytes) => new(Normalise(key), valueBytes, owned: true);

        internal static bool IsBinaryKey(string key) => key.EndsWith(BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase);

        internal static bool IsValidKey(string key)
        {
            foreach (var c in key)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
                {
                    return false;
                }
            }

            return true;
        }

        internal bool HasKey(string key) => string.Equals(Key, key, StringComparison.OrdinalIgnoreCase);

        private static string Normalise(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            if (!IsValidKey(key))
            {
                throw new ArgumentException(
                    "Metadata entry key not valid. Keys can only contain lowercase alphanumeric characters, underscores, hyphens and dots.",
                    nameof(key));
            }

#pragma warning disable CA1308 // The protocol's keys are in lower case.
            return key.ToLowerInvariant();
#pragma warning restore CA1308
        }
    }
}
