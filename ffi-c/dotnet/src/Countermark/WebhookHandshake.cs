using System;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>When a handshake of a scheme is to be answered.</summary>
    public enum HandshakeOrder
    {
        /// <summary>The scheme has no handshake.</summary>
        None = COUNTERMARK_HANDSHAKE_NONE,

        /// <summary>Answer it instead of verifying: the sender does not sign it.</summary>
        BeforeVerify = COUNTERMARK_HANDSHAKE_BEFORE_VERIFY,

        /// <summary>Answer it only after it was verified: the sender signs it, and tests that a wrong signature is refused.</summary>
        AfterVerify = COUNTERMARK_HANDSHAKE_AFTER_VERIFY,
    }

    /// <summary>An HTTP answer. Send <c>X-Content-Type-Options: nosniff</c> with it.</summary>
    public sealed unsafe class WebhookAnswer
    {
        private readonly byte[] body;

        private WebhookAnswer(countermark_webhook_answer_view view)
        {
            Status = (int)view.status;
            ContentType = Utf8.Text(view.content_type);
            body = Utf8.BytesOrNull(view.body) ?? new byte[0];
        }

        /// <summary>The status.</summary>
        public int Status { get; }

        /// <summary>The <c>Content-Type</c>; empty for none.</summary>
        public string ContentType { get; }

        /// <summary>The body.</summary>
        /// <returns>A copy of the bytes.</returns>
        public byte[] Body() => (byte[])body.Clone();

        internal static WebhookAnswer Take(countermark_webhook_answer* answer)
        {
            try
            {
                countermark_webhook_answer_view view;
                countermark_error* error;
                Fault.Check(countermark_webhook_answer_read(answer, &view, &error), error);
                return new WebhookAnswer(view);
            }
            finally
            {
                countermark_webhook_answer_free(answer);
            }
        }
    }

    /// <summary>What senders of some schemes ask before they send, and the answers that they expect.</summary>
    public static unsafe class WebhookHandshake
    {
        /// <summary>When the handshake of a scheme is to be answered.</summary>
        /// <param name="scheme">The id of the scheme.</param>
        /// <returns>The order.</returns>
        public static HandshakeOrder Order(string scheme)
        {
            Library.Check();
            using var arena = Arena.Rent();
            countermark_str id = Id(arena, scheme);
            return (HandshakeOrder)countermark_webhook_handshake_order(id.ptr, id.len);
        }

        /// <summary>The answer to a handshake. Mind the order.</summary>
        /// <param name="scheme">The id of the scheme.</param>
        /// <param name="secret">Zoom's secret token, the verify token that was typed in at Meta, and Notion's verification token once it is
        /// known; null for other schemes.</param>
        /// <param name="request">The request.</param>
        /// <param name="body">Its body.</param>
        /// <returns>The answer; null if the request is no handshake.</returns>
        /// <exception cref="CountermarkException">MissingContext, SignatureMismatch and faults of the form.</exception>
        public static WebhookAnswer? Answer(string scheme, string? secret, WebhookRequest request, byte[] body)
        {
            if (request == null)
            {
                throw new ArgumentNullException(nameof(request));
            }
            if (body == null)
            {
                throw new ArgumentNullException(nameof(body));
            }
            Library.Check();
            using var arena = Arena.Rent();
            countermark_str id = Id(arena, scheme);
            countermark_str token = arena.Text(secret);
            countermark_webhook_request native;
            request.Native(&native, arena);
            fixed (byte* bytes = body)
            {
                countermark_webhook_answer* answer;
                countermark_error* error;
                int status = countermark_webhook_handshake_answer(
                    id.ptr, id.len, token.ptr, token.len, &native, bytes, (UIntPtr)body.Length, &answer, &error);
                Fault.Check(status, error);
                return answer == null ? null : WebhookAnswer.Take(answer);
            }
        }

        /// <summary>The secret that a handshake hands over, for an operator to confirm at the sender; so far Notion's only. It comes unsigned:
        /// take it only while none is configured.</summary>
        /// <param name="scheme">The id of the scheme.</param>
        /// <param name="body">The body of the request.</param>
        /// <returns>The secret; null if there is none.</returns>
        /// <exception cref="CountermarkException">MissingField or InvalidField for one that is not usable.</exception>
        public static string? Secret(string scheme, byte[] body)
        {
            if (body == null)
            {
                throw new ArgumentNullException(nameof(body));
            }
            Library.Check();
            using var arena = Arena.Rent();
            countermark_str id = Id(arena, scheme);
            fixed (byte* bytes = body)
            {
                countermark_bytes* secret;
                countermark_error* error;
                int status = countermark_webhook_handshake_secret(id.ptr, id.len, bytes, (UIntPtr)body.Length, &secret, &error);
                Fault.Check(status, error);
                return secret == null ? null : Owned.Text(secret);
            }
        }

        /// <summary>The HTTP status that the sender of a scheme expects for an error.</summary>
        /// <param name="scheme">The id of the scheme.</param>
        /// <param name="code">The error.</param>
        /// <returns>The status.</returns>
        public static int ErrorStatus(string scheme, ErrorCode code)
        {
            Library.Check();
            using var arena = Arena.Rent();
            countermark_str id = Id(arena, scheme);
            return (int)countermark_webhook_error_status(id.ptr, id.len, (int)code);
        }

        /// <summary>The answer to a webhook that was taken.</summary>
        /// <param name="scheme">The id of the scheme.</param>
        /// <returns>The answer.</returns>
        public static WebhookAnswer Success(string scheme)
        {
            Library.Check();
            using var arena = Arena.Rent();
            countermark_str id = Id(arena, scheme);
            countermark_webhook_answer* answer;
            countermark_error* error;
            Fault.Check(countermark_webhook_success(id.ptr, id.len, &answer, &error), error);
            return WebhookAnswer.Take(answer);
        }

        private static countermark_str Id(Arena arena, string scheme) => arena.Text(scheme ?? throw new ArgumentNullException(nameof(scheme)));
    }
}
