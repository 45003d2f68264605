using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Countermark
{
    /// <summary>The loop between a step machine, the network and the store.</summary>
    internal sealed class StepDriver
    {
        private readonly HttpExchange exchange;
        private readonly IReplayStore? store;

        internal StepDriver(HttpClient http, IReplayStore? store = null)
        {
            exchange = new HttpExchange(http);
            this.store = store;
        }

        /// <summary>
        /// Runs a task to its end. When the token asks for it, a login is aborted: what it still sends, such as the withdrawal of a
        /// session, goes out, without the token. Other tasks just end. A store is never given the token: one that is stopped on its way may have
        /// taken the key, and an approval would be lost.
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

        /// <summary>
        /// Runs a start to its end. One that was sent cannot be taken back without its answer: it is not given the token either. When it asks for the
        /// end, nothing more is sent.
        /// </summary>
        internal async Task StartAsync(LoginTask start, CancellationToken cancellationToken)
        {
            while (true)
            {
                LoginStep step = start.Poll(Clock.NowMs);
                if (step.Kind == LoginStepKind.Done)
                {
                    return;
                }
                if (cancellationToken.IsCancellationRequested && step.Kind == LoginStepKind.Reserve)
                {
                    start.Abort(Clock.NowMs);
                }
                else if (cancellationToken.IsCancellationRequested && step.Request != null)
                {
                    // Told so, it frees the ID.
                    start.OnTransportError(TransportFailure.Unreachable, TransportPhase.NotSent, Clock.NowMs);
                }
                else
                {
                    await StepAsync(start, step, CancellationToken.None).ConfigureAwait(false);
                }
            }
        }

        private async Task StepAsync(IStepMachine machine, LoginStep step, CancellationToken token)
        {
            if (step.Key is string key)
            {
                machine.OnStore(await StoreAsync(step, key).ConfigureAwait(false), Clock.NowMs);
                return;
            }
            if (step.Request == null)
            {
                long wait = Math.Max(0, step.UntilMs - Clock.NowMs);
                await Task.Delay((int)Math.Min(wait, int.MaxValue), token).ConfigureAwait(false);
                return;
            }
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

        /// <summary>What the store says. Without a store, or when it throws, it is out of reach.</summary>
        private async Task<ErrorCode?> StoreAsync(LoginStep step, string key)
        {
            if (store == null)
            {
                return ErrorCode.StoreUnavailable;
            }
            try
            {
                if (step.Kind == LoginStepKind.Release)
                {
                    await store.ReleaseAsync(key, CancellationToken.None).ConfigureAwait(false);
                    return null;
                }
                bool taken = await store.ReserveAsync(key, step.UntilMs, Clock.NowMs, CancellationToken.None).ConfigureAwait(false);
                return taken ? (ErrorCode?)null : ErrorCode.Replayed;
            }
            catch (CountermarkException refusal)
            {
                return refusal.Code;
            }
            // A store that gave up by itself is out of reach too.
            catch (Exception)
            {
                return ErrorCode.StoreUnavailable;
            }
        }
    }
}
