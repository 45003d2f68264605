using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;

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
    }
}
