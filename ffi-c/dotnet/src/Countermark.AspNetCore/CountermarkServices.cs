using System;
using Countermark.AspNetCore;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Registers Countermark.</summary>
    public static class CountermarkServices
    {
        /// <summary>Adds the verifiers of signed links and webhooks, with a replay store in the memory of this process.</summary>
        /// <param name="services">The services.</param>
        /// <param name="configure">Sets the options.</param>
        /// <returns>A builder.</returns>
        public static CountermarkBuilder AddCountermark(this IServiceCollection services, Action<CountermarkOptions> configure)
        {
            services.Configure(configure);
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CountermarkOptions>, CountermarkOptionsValidation>());
            services.TryAddSingleton<Countermark.IReplayStore>(_ => new Countermark.MemoryReplayStore());
            services.TryAddSingleton<Verifiers>();
            services.AddHostedService<Startup>();
            return new CountermarkBuilder(services);
        }
    }

    /// <summary>Changes what <see cref="CountermarkServices.AddCountermark"/> added.</summary>
    public sealed class CountermarkBuilder
    {
        internal CountermarkBuilder(IServiceCollection services) => Services = services;

        /// <summary>The services.</summary>
        public IServiceCollection Services { get; }

        /// <summary>Keeps what may happen once in another store. Sites of several servers need one that they share, with an atomic add.</summary>
        /// <typeparam name="T">The store.</typeparam>
        /// <returns>The builder.</returns>
        public CountermarkBuilder AddReplayStore<T>()
            where T : class, Countermark.IReplayStore
        {
            Services.Replace(ServiceDescriptor.Singleton<Countermark.IReplayStore, T>());
            return this;
        }

        /// <summary>Keeps what may happen once in the <see cref="IDistributedCache"/>. Its interface has no atomic add: two copies of one message
        /// that arrive at two servers within the same moment may both pass. Prefer a store with an add. A site with a login does not start with it: two
        /// logins that begin for one ID freeze it.</summary>
        /// <returns>The builder.</returns>
        public CountermarkBuilder AddDistributedReplayStore() => AddReplayStore<DistributedReplayStore>();
    }
}
