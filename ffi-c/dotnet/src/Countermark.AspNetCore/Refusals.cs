using System;
using System.IO;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Countermark.AspNetCore
{
    /// <summary>Answers that tell a remote party nothing but the public message.</summary>
    internal static class Refusals
    {
        internal static Task AnswerAsync(HttpContext context, int status, string message)
        {
            if (context.Response.HasStarted)
            {
                return Task.CompletedTask;
            }
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/plain; charset=utf-8";
            context.Response.Headers["X-Content-Type-Options"] = "nosniff";
            return context.Response.WriteAsync(message);
        }

        /// <summary>The status for a body that its sender has spoiled, or does not send to its end; null for what is a fault of the site.</summary>
        internal static int? OfBody(HttpContext context, Exception failure) => failure switch
        {
            BadHttpRequestException refused => refused.StatusCode,
            // The sender has gone, and reads no answer.
            ConnectionResetException _ => StatusCodes.Status400BadRequest,
            OperationCanceledException _ when context.RequestAborted.IsCancellationRequested => StatusCodes.Status400BadRequest,
            IOException _ when context.RequestAborted.IsCancellationRequested => StatusCodes.Status400BadRequest,
            _ => null,
        };
    }
}
