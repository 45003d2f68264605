using System;
using System.Collections.Generic;
using Countermark.Native;
using static Countermark.Native.NativeMethods;

namespace Countermark
{
    /// <summary>The requests of the AuthSession protocol.</summary>
    public enum LoginRequestKind
    {
        /// <summary>Opens a session.</summary>
        Start = COUNTERMARK_REQUEST_START,

        /// <summary>Asks how the user decided.</summary>
        State = COUNTERMARK_REQUEST_STATE,

        /// <summary>Withdraws the session.</summary>
        Cancel = COUNTERMARK_REQUEST_CANCEL,

        /// <summary>Gives the session back after use.</summary>
        Release = COUNTERMARK_REQUEST_RELEASE,
    }

    /// <summary>The fields of a reply, for tools. Proves nothing about a user: only a login compares a reply with what was asked. What the reply
    /// does not hold is null.</summary>
    public sealed unsafe class ServerReply
    {
        private ServerReply(countermark_server_reply_view view)
        {
            SecSignId = Utf8.TextOrNull(view.secsign_id);
            AuthSessionId = Utf8.TextOrNull(view.auth_session_id);
            RequestId = Utf8.TextOrNull(view.request_id);
            ServiceName = Utf8.TextOrNull(view.service_name);
            ServiceAddress = Utf8.TextOrNull(view.service_address);
            AccessPassBase64 = Utf8.TextOrNull(view.access_pass_base64);
            State = (int?)Option.Number(view.state);
            UnknownFields = (int)view.unknown_fields;
        }

        /// <summary>The SecSign ID that the server states, normalised.</summary>
        public string? SecSignId { get; }

        /// <summary>The number of the session: a signed 64-bit integer as text.</summary>
        public string? AuthSessionId { get; }

        /// <summary>The request id. A secret.</summary>
        public string? RequestId { get; }

        /// <summary>The echo of the service name.</summary>
        public string? ServiceName { get; }

        /// <summary>The echo of the service address.</summary>
        public string? ServiceAddress { get; }

        /// <summary>The access pass as base64 text, not yet checked to be a picture.</summary>
        public string? AccessPassBase64 { get; }

        /// <summary>The number of the state.</summary>
        public int? State { get; }

        /// <summary>How many fields the protocol does not know.</summary>
        public int UnknownFields { get; }

        /// <summary>Reads the body of a reply.</summary>
        /// <param name="kind">The request that it answers.</param>
        /// <param name="body">The body.</param>
        /// <returns>The reply.</returns>
        /// <exception cref="ServerException">What is wrong with it, or what the server states.</exception>
        public static ServerReply Parse(LoginRequestKind kind, byte[] body)
        {
            if (body == null)
            {
                throw new ArgumentNullException(nameof(body));
            }
            Library.Check();
            fixed (byte* bytes = body)
            {
                countermark_server_reply* reply;
                countermark_error* error;
                Fault.Check(countermark_server_reply_parse((int)kind, bytes, (UIntPtr)body.Length, &reply, &error), error);
                try
                {
                    countermark_server_reply_view view;
                    Fault.Check(countermark_server_reply_read(reply, &view, &error), error);
                    return new ServerReply(view);
                }
                finally
                {
                    countermark_server_reply_free(reply);
                }
            }
        }
    }

    /// <summary>A picture that was checked to be one whole PNG.</summary>
    public sealed unsafe class AccessPass
    {
        private readonly byte[] png;

        private AccessPass(countermark_access_pass_view view)
        {
            png = Utf8.BytesOrNull(view.png) ?? new byte[0];
            DataUri = Utf8.Text(view.data_uri);
            Width = (int)view.width;
            Height = (int)view.height;
        }

        /// <summary>A <c>data:</c> URI for the <c>src</c> of an <c>img</c>.</summary>
        public string DataUri { get; }

        /// <summary>The width, in pixels.</summary>
        public int Width { get; }

        /// <summary>The height, in pixels.</summary>
        public int Height { get; }

        /// <summary>Checks a picture as replies carry it.</summary>
        /// <param name="base64">Standard base64 with padding.</param>
        /// <returns>The picture.</returns>
        /// <exception cref="ServerException">InvalidAccessPass unless it is one whole PNG of at most 32 KiB and 512 by 512 pixels.</exception>
        public static AccessPass FromBase64(string base64)
        {
            Library.Check();
            using var arena = Arena.Rent();
            countermark_str text = arena.Text(base64 ?? throw new ArgumentNullException(nameof(base64)));
            countermark_access_pass* pass;
            countermark_error* error;
            Fault.Check(countermark_access_pass_from_base64(text.ptr, text.len, &pass, &error), error);
            try
            {
                countermark_access_pass_view view;
                Fault.Check(countermark_access_pass_read(pass, &view, &error), error);
                return new AccessPass(view);
            }
            finally
            {
                countermark_access_pass_free(pass);
            }
        }

        /// <summary>The PNG file.</summary>
        /// <returns>A copy of the bytes.</returns>
        public byte[] Png() => (byte[])png.Clone();
    }

    /// <summary>A state of an AuthSession.</summary>
    public sealed class LoginState
    {
        private LoginState(countermark_state_row row)
        {
            Number = (int)row.number;
            Name = Utf8.Text(row.name);
            IsTerminal = row.is_terminal != 0;
        }

        /// <summary>The number on the wire.</summary>
        public int Number { get; }

        /// <summary>The stable name.</summary>
        public string Name { get; }

        /// <summary>Whether the state cannot change any more.</summary>
        public bool IsTerminal { get; }

        /// <summary>All states, in order of number.</summary>
        /// <returns>The states.</returns>
        public static unsafe IReadOnlyList<LoginState> List()
        {
            Library.Check();
            var states = new LoginState[(int)countermark_state_table_len()];
            for (int at = 0; at < states.Length; at++)
            {
                countermark_state_row row;
                countermark_error* error;
                Fault.Check(countermark_state_table_row((UIntPtr)at, &row, &error), error);
                states[at] = new LoginState(row);
            }
            return states;
        }
    }
}
