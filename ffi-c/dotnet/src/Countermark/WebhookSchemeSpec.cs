using Countermark.Native;

namespace Countermark
{
    /// <summary>A webhook scheme of your own. What is null is as for HMAC-SHA256 of the body in hex in one header. Exactly one of
    /// <see cref="SignatureHeader"/> and <see cref="SignatureParameter"/> is set, and at most one of the four time fields.</summary>
    public sealed class WebhookSchemeSpec
    {
        /// <summary>Your name for the scheme; part of every replay key. Required.</summary>
        public string? Id { get; set; }

        /// <summary>Comma list of the headers with signatures; <c>Name-#</c> stands for <c>Name-1</c>, <c>Name-2</c> and so on.</summary>
        public string? SignatureHeader { get; set; }

        /// <summary>The query parameter with the signature.</summary>
        public string? SignatureParameter { get; set; }

        /// <summary>What stands before the signature, such as <c>sha256=</c>; in a list the label of the elements that count.</summary>
        public string? Prefix { get; set; }

        /// <summary>The one ASCII character that splits a list of labelled elements.</summary>
        public string? Separator { get; set; }

        /// <summary>How signature bytes are written: <c>hex</c>, <c>base64</c>, <c>base64url</c>, <c>base64url_padded</c>.</summary>
        public string? Encoding { get; set; }

        /// <summary>What the signature is: <c>hmac</c>, <c>hash</c>, <c>token</c>, <c>ed25519</c>, <c>ecdsa_p256</c>, <c>rsa_sha256</c>.</summary>
        public string? Digest { get; set; }

        /// <summary>The hash: <c>sha1</c>, <c>sha256</c>, <c>sha512</c>.</summary>
        public string? Hash { get; set; }

        /// <summary>How keys are written unless a key says otherwise, such as <c>utf8</c>.</summary>
        public string? Key { get; set; }

        /// <summary>The signed bytes as a template, such as <c>{id}.{timestamp}.{body}</c>.</summary>
        public string? SignedParts { get; set; }

        /// <summary>How <c>{url}</c> is written: <c>exact</c>, <c>any_port</c>, <c>hubspot</c>.</summary>
        public string? Url { get; set; }

        /// <summary>The header with the message id.</summary>
        public string? IdHeader { get; set; }

        /// <summary>The header with the time.</summary>
        public string? TimeHeader { get; set; }

        /// <summary>The label of the time in the signature header, such as <c>t=</c>.</summary>
        public string? TimeLabel { get; set; }

        /// <summary>The query parameter with the time.</summary>
        public string? TimeParameter { get; set; }

        /// <summary>The member of the JSON body with the time; read after the signature has matched.</summary>
        public string? TimeJson { get; set; }

        /// <summary>How the time is written: <c>seconds</c>, <c>milliseconds</c>, <c>rfc3339</c>, <c>imf_fixdate</c>.</summary>
        public string? TimeUnit { get; set; }

        /// <summary><c>{query}</c> and <c>{form}</c>: only names that start so.</summary>
        public string? PairsOnly { get; set; }

        /// <summary><c>{query}</c> and <c>{form}</c>: comma list of names that are left out.</summary>
        public string? PairsExcept { get; set; }

        /// <summary><c>{query}</c> and <c>{form}</c>: how names and values are written: <c>decoded</c>, <c>percent</c>, <c>form</c>, <c>url_standard</c>, <c>underscore</c>.</summary>
        public string? PairsText { get; set; }

        /// <summary><c>{query}</c> and <c>{form}</c>: what stands between name and value. An empty text means that nothing stands there, null the default.</summary>
        public string? PairsEquals { get; set; }

        /// <summary><c>{query}</c> and <c>{form}</c>: what stands between pairs. An empty text means that nothing stands there, null the default.</summary>
        public string? PairsJoin { get; set; }

        /// <summary><c>{query}</c> and <c>{form}</c>: what happens to repeated names: <c>refuse</c>, <c>arrays</c>, <c>comma</c>, <c>unique</c>.</summary>
        public string? PairsRepeats { get; set; }

        /// <summary>Oldest accepted time in seconds. Null: the library's.</summary>
        public long? MaxAgeSeconds { get; set; }

        /// <summary>Newest accepted time in seconds ahead of the clock. Null: the library's.</summary>
        public long? MaxFutureSeconds { get; set; }

        internal countermark_scheme_spec Native(Arena arena) => new countermark_scheme_spec
        {
            id = arena.Text(Id),
            signature_header = arena.Text(SignatureHeader),
            signature_parameter = arena.Text(SignatureParameter),
            prefix = arena.Text(Prefix),
            separator = arena.Text(Separator),
            encoding = arena.Text(Encoding),
            digest = arena.Text(Digest),
            hash = arena.Text(Hash),
            key = arena.Text(Key),
            signed_parts = arena.Text(SignedParts),
            url = arena.Text(Url),
            id_header = arena.Text(IdHeader),
            time_header = arena.Text(TimeHeader),
            time_label = arena.Text(TimeLabel),
            time_parameter = arena.Text(TimeParameter),
            time_json = arena.Text(TimeJson),
            time_unit = arena.Text(TimeUnit),
            pairs_only = arena.Text(PairsOnly),
            pairs_except = arena.Text(PairsExcept),
            pairs_text = arena.Text(PairsText),
            pairs_equals = arena.Text(PairsEquals),
            pairs_join = arena.Text(PairsJoin),
            pairs_repeats = arena.Text(PairsRepeats),
            max_age_s = Option.Span(MaxAgeSeconds),
            max_future_s = Option.Span(MaxFutureSeconds),
        };
    }
}
