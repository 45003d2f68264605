using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;

namespace Countermark
{
    /// <summary>A whole answer of a server.</summary>
    internal sealed class HttpReply
    {
        internal HttpReply(int status, byte[] body)
        {
            Status = status;
            Body = body;
        }

        internal int Status { get; }

        internal byte[] Body { get; }
    }

    /// <summary>Why there is no answer. The exception of the stack, whose text would hold the address, goes no further.</summary>
    internal sealed class ExchangeException : Exception
    {
        internal ExchangeException(TransportFailure failure, TransportPhase phase)
        {
            Failure = failure;
            Phase = phase;
        }

        internal TransportFailure Failure { get; }

        internal TransportPhase Phase { get; }
    }

    /// <summary>One exchange over <see cref="HttpClient"/>.</summary>
    internal sealed class HttpExchange
    {
        private readonly HttpClient http;

        internal HttpExchange(HttpClient http)
        {
            this.http = http;
        }

        internal async Task<HttpReply> SendAsync(LoginRequest request, CancellationToken cancellationToken)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(request.TotalTimeoutMs);
            try
            {
                using HttpRequestMessage message = Message(request);
                using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, timeout.Token).ConfigureAwait(false);
                // Mono does not look at the token while a body is read.
                using CancellationTokenRegistration cut = timeout.Token.Register(response.Dispose);
                byte[] body = await ReadAsync(response, request.MaxReplyBytes, timeout.Token).ConfigureAwait(false);
                return new HttpReply(Status(response, request), body);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            catch (Exception) when (timeout.IsCancellationRequested)
            {
                throw new ExchangeException(TransportFailure.Timeout, TransportPhase.MaybeSent);
            }
            // The time-out of the HttpClient itself.
            catch (OperationCanceledException)
            {
                throw new ExchangeException(TransportFailure.Timeout, TransportPhase.MaybeSent);
            }
            catch (Exception failure) when (failure is HttpRequestException || failure is IOException || failure is WebException || failure is ObjectDisposedException)
            {
                throw Classify(failure);
            }
            // Somebody's own handler, such as an open circuit: it does not say how far the request came.
            catch (Exception failure) when (!(failure is OutOfMemoryException))
            {
                throw new ExchangeException(TransportFailure.Unreachable, TransportPhase.MaybeSent);
            }
        }

        private static HttpRequestMessage Message(LoginRequest request)
        {
            var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Url)
            {
                Content = new ByteArrayContent(request.Body()),
            };
            foreach (KeyValuePair<string, string> header in request.Headers)
            {
                if (!message.Headers.TryAddWithoutValidation(header.Key, header.Value))
                {
                    message.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
                }
            }
            message.Headers.ExpectContinue = false;
            // On a connection that was used before, .NET sends a request again by itself if the server has just closed it. A start
            // that is sent twice freezes the user's ID.
            message.Headers.ConnectionClose = true;
            return message;
        }

        /// <summary>A handler that followed a redirect, though it should not, has hidden one.</summary>
        private static int Status(HttpResponseMessage response, LoginRequest request)
        {
            Uri? answered = response.RequestMessage?.RequestUri;
            return answered == null || answered == new Uri(request.Url) ? (int)response.StatusCode : (int)HttpStatusCode.Redirect;
        }

        /// <summary>One byte more than the limit tells the step machine that there was more.</summary>
        private static async Task<byte[]> ReadAsync(HttpResponseMessage response, int limit, CancellationToken token)
        {
            using Stream stream = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
            using var body = new MemoryStream();
            var chunk = new byte[8192];
            while (body.Length <= limit)
            {
                int room = (int)Math.Min(chunk.Length, limit + 1L - body.Length);
                int count = await stream.ReadAsync(chunk, 0, room, token).ConfigureAwait(false);
                if (count == 0)
                {
                    // Mono takes an early end for the end.
                    if (response.Content.Headers.ContentLength is long announced && announced > body.Length)
                    {
                        throw new IOException();
                    }
                    break;
                }
                body.Write(chunk, 0, count);
            }
            return body.ToArray();
        }

        /// <summary>Connecting ends before the first byte of a request; whatever is not certain may have been sent.</summary>
        private static ExchangeException Classify(Exception failure)
        {
            for (Exception? cause = failure; cause != null; cause = cause.InnerException)
            {
                switch (cause)
                {
                    // Of connecting, by the system or the handler of Countermark.AspNetCore: on a connection that is made, there is an IOException between.
                    case HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.TimedOut } }:
                        return new ExchangeException(TransportFailure.Timeout, TransportPhase.NotSent);
                    case AuthenticationException _:
                        return new ExchangeException(TransportFailure.Tls, TransportPhase.NotSent);
                    case WebException { Status: WebExceptionStatus.TrustFailure }:
                    case WebException { Status: WebExceptionStatus.SecureChannelFailure }:
                        return new ExchangeException(TransportFailure.Tls, TransportPhase.NotSent);
                    case WebException { Status: WebExceptionStatus.NameResolutionFailure }:
                    case WebException { Status: WebExceptionStatus.ConnectFailure }:
                    case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    case SocketException { SocketErrorCode: SocketError.HostNotFound }:
                    case SocketException { SocketErrorCode: SocketError.TryAgain }:
                    case SocketException { SocketErrorCode: SocketError.NoData }:
                    case SocketException { SocketErrorCode: SocketError.HostUnreachable }:
                    case SocketException { SocketErrorCode: SocketError.NetworkUnreachable }:
                        return new ExchangeException(TransportFailure.Unreachable, TransportPhase.NotSent);
                }
            }
            return new ExchangeException(TransportFailure.Unreachable, TransportPhase.MaybeSent);
        }
    }
}
