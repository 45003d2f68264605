using System;
using System.Collections.Generic;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>What the table says about a scheme.</summary>
    public sealed unsafe class WebhookScheme
    {
        internal WebhookScheme(countermark_webhook_scheme row)
        {
            Id = Utf8.Text(row.id);
            Title = Utf8.Text(row.title);
            Source = Utf8.Text(row.source);
            Weakness = Utf8.Text(row.weakness);
            SignedParts = Utf8.Text(row.signed_parts);
            Digest = Utf8.Text(row.digest);
            Key = Utf8.Text(row.key);
            SignatureHeaders = Utf8.Texts(row.signature_headers, row.signature_headers_len);
            Covers = Utf8.Texts(row.covers, row.covers_len);
            MaxAgeSeconds = Option.Number(row.max_age_s);
            MaxFutureSeconds = Option.Number(row.max_future_s);
        }

        /// <summary>The id.</summary>
        public string Id { get; }

        /// <summary>The name for people.</summary>
        public string Title { get; }

        /// <summary>Where the facts come from.</summary>
        public string Source { get; }

        /// <summary>A weakness of the scheme that no verifier can mend; may be empty.</summary>
        public string Weakness { get; }

        /// <summary>The signed bytes as a template.</summary>
        public string SignedParts { get; }

        /// <summary>What the signature is, such as <c>hmac</c>.</summary>
        public string Digest { get; }

        /// <summary>How keys are written, such as <c>utf8</c>.</summary>
        public string Key { get; }

        /// <summary>The headers with signatures.</summary>
        public IReadOnlyList<string> SignatureHeaders { get; }

        /// <summary>The names of what the signature covers, such as <c>body</c>.</summary>
        public IReadOnlyList<string> Covers { get; }

        /// <summary>Oldest accepted time, in seconds; null for a scheme without signed time.</summary>
        public long? MaxAgeSeconds { get; }

        /// <summary>Newest accepted time, in seconds ahead of the clock; null for a scheme without signed time.</summary>
        public long? MaxFutureSeconds { get; }
    }

    /// <summary>The table of webhook schemes.</summary>
    public static unsafe class WebhookSchemes
    {
        /// <summary>Every scheme of the table.</summary>
        /// <returns>The schemes, in order of their ids.</returns>
        public static IReadOnlyList<WebhookScheme> List()
        {
            Library.Check();
            countermark_webhook_schemes* table;
            countermark_error* error;
            Fault.Check(countermark_webhook_schemes_new(&table, &error), error);
            try
            {
                var schemes = new WebhookScheme[(int)countermark_webhook_schemes_len(table)];
                for (int at = 0; at < schemes.Length; at++)
                {
                    countermark_webhook_scheme row;
                    Fault.Check(countermark_webhook_schemes_row(table, (UIntPtr)at, &row, &error), error);
                    schemes[at] = new WebhookScheme(row);
                }
                return schemes;
            }
            finally
            {
                countermark_webhook_schemes_free(table);
            }
        }
    }
}
