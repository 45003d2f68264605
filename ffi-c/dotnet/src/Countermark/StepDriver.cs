using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Countermark
{
    /// <summary>The loop between a step machine and the network.</summary>
    internal sealed class StepDriver
    {
        private readonly HttpExchange exchange;

        internal StepDriver(HttpClient http)
        {
            exchange = new HttpExchange(http);
        }

        /// <summary>Time that the last request may take, connecting included, in milliseconds.</summary>
        internal long RequestMs { get; private set; }

        /// <summary>
        /// Runs a task to its end. When the token asks for it, a login is aborted: what it still sends, such as the withdrawal of a
        /// session, goes out, without the token. Other tasks just end.
        /// </summary>
        internal async Task RunAsync(IStepMachine machine, CancellationToken cancellationToken)
        {
            CancellationToken token = cancellationToken;
            while (true)
            {
                LoginStep step = machine.Poll(Clock.NowMs);
                if (step.Kind == LoginStepKind.Done)
                {
                    return;
                }
                try
                {
                    token.ThrowIfCancellationRequested();
                    await StepAsync(machine, step, token).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (token.IsCancellationRequested && machine is LoginTask)
                {
                    token = CancellationToken.None;
                    ((LoginTask)machine).Abort(Clock.NowMs);
                }
            }
        }

        private async Task StepAsync(IStepMachine machine, LoginStep step, CancellationToken token)
        {
            if (step.Request == null)
            {
                long wait = Math.Max(0, step.UntilMs - Clock.NowMs);
                await Task.Delay((int)Math.Min(wait, int.MaxValue), token).ConfigureAwait(false);
                return;
            }
            RequestMs = (long)step.Request.ConnectTimeoutMs + step.Request.TotalTimeoutMs;
            try
            {
                HttpReply reply = await exchange.SendAsync(step.Request, token).ConfigureAwait(false);
                machine.OnResponse(reply.Status, reply.Body, Clock.NowMs);
            }
            catch (ExchangeException failure)
            {
                machine.OnTransportError(failure.Failure, failure.Phase, Clock.NowMs);
            }
        }
    }
}
