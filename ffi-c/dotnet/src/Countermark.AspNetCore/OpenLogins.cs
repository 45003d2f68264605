using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Countermark;
using Microsoft.Extensions.Caching.Memory;

namespace Countermark.AspNetCore
{
    /// <summary>
    /// The logins that visitors of this process have open: a form that is sent again, by a second click or a reload, shows the same one. Another
    /// would be refused as Busy.
    /// </summary>
    internal sealed class OpenLogins : IDisposable
    {
        /// <summary>As long as the ID server keeps a login.</summary>
        private static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

        /// <summary>From one question to the next.</summary>
        private const int AskAgainMs = 500;

        /// <summary>A token and a picture are some 6 KB. One login more is begun, and not shown again.</summary>
        private const int Most = 2_000;

        private readonly MemoryCache logins = new MemoryCache(new MemoryCacheOptions { SizeLimit = Most });

        public void Dispose() => logins.Dispose();

        /// <summary>The login of this visitor for this ID; begins it if there is none, and to its end whether or not the visitor still waits.</summary>
        internal async Task<OpenLogin> BeginAsync(string binding, string id, Func<Task<OpenLogin>> begin)
        {
            Task<OpenLogin> login;
            lock (logins)
            {
                if (!logins.TryGetValue((binding, id), out login))
                {
                    Visit visit = VisitOf(binding);
                    visit.Ids.Add(id);
                    login = Task.Run(async () =>
                    {
                        await visit.Left;
                        return await begin();
                    });
                    logins.Set((binding, id), login, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Life });
                }
            }
            try
            {
                return await login;
            }
            catch (Exception)
            {
                Drop(binding, id, login);
                throw;
            }
        }

        /// <summary>
        /// What the ID server says of a login. One question is asked at a time, and to its end whether or not the visitor still waits. Whoever asks too
        /// soon waits: an answer from before would tell somebody who has just confirmed that they have not. The one that ends a login is kept. An approval
        /// is given out once, and its answer may be lost on the way to a browser that asks again only when its page wakes up; and of two clicks the browser
        /// reads the last answer only.
        /// </summary>
        internal Task<LoginResult> AskAsync(string token, Func<Task<LoginResult>> ask)
        {
            lock (logins)
            {
                if (!logins.TryGetValue(token, out Question last) || (last.AskedMs != null && !last.IsEnd))
                {
                    Question? before = last;
                    last = new Question();
                    Keep(token, last);
                    last.Answer = AnswerAsync(token, last, before, ask);
                }
                return last.Answer;
            }
        }

        private async Task<LoginResult> AnswerAsync(string token, Question question, Question? before, Func<Task<LoginResult>> ask)
        {
            // Off the lock.
            await Task.Yield();
            if (before != null)
            {
                await Task.WhenAny(before.Answer);
                if (before.IsEnd)
                {
                    return await before.Answer;
                }
                await Task.Delay((int)Math.Max(0, before.AskedMs!.Value + AskAgainMs - Environment.TickCount64));
            }
            lock (logins)
            {
                question.AskedMs = Environment.TickCount64;
            }
            try
            {
                return await ask();
            }
            finally
            {
                lock (logins)
                {
                    // Unless the login was canceled meanwhile.
                    if (logins.TryGetValue(token, out Question last) && last == question)
                    {
                        Keep(token, question);
                    }
                }
            }
        }

        /// <summary>The visitor cancels it: what was answered holds no longer.</summary>
        internal void ForgetAnswer(string token)
        {
            lock (logins)
            {
                logins.Remove(token);
            }
        }

        /// <summary>A new visit begins: nobody can go on with the logins of the old one. They are withdrawn, and what the new one begins waits for that:
        /// the ID may be the same.</summary>
        internal void Leave(string old, string binding, Func<Task<OpenLogin>, Task> withdraw)
        {
            lock (logins)
            {
                if (!logins.TryGetValue(new VisitKey(old), out Visit left))
                {
                    return;
                }
                logins.Remove(new VisitKey(old));
                var withdrawals = new List<Task>();
                if (!left.Left.IsCompleted)
                {
                    withdrawals.Add(left.Left);
                }
                foreach (string id in left.Ids)
                {
                    if (logins.TryGetValue((old, id), out Task<OpenLogin> login))
                    {
                        logins.Remove((old, id));
                        withdrawals.Add(Task.Run(() => withdraw(login)));
                    }
                }
                if (withdrawals.Count > 0)
                {
                    VisitOf(binding).Left = Task.WhenAny(Task.WhenAll(withdrawals));
                }
            }
        }

        /// <summary>The picture of a login, while it is kept.</summary>
        internal string? Picture(string binding, string id, string token) =>
            Find(binding, id, token) is Task<OpenLogin> login ? login.Result.Picture : null;

        /// <summary>It has ended, or is about to.</summary>
        internal void Forget(string binding, string id, string token)
        {
            if (Find(binding, id, token) is Task<OpenLogin> login)
            {
                Forget(binding, id, login);
            }
        }

        /// <summary>An answer is small: it takes no place from the pictures.</summary>
        private void Keep(string token, Question question) => logins.Set(
            token, question, new MemoryCacheEntryOptions { Size = 0, Priority = CacheItemPriority.NeverRemove, AbsoluteExpirationRelativeToNow = Life });

        private Task<OpenLogin>? Find(string binding, string id, string token) =>
            logins.TryGetValue((binding, id), out Task<OpenLogin> login) && login.Status == TaskStatus.RanToCompletion && login.Result.Token == token ? login : null;

        /// <summary>False if another login has its place.</summary>
        private bool Forget(string binding, string id, Task<OpenLogin> login)
        {
            lock (logins)
            {
                bool isIt = logins.TryGetValue((binding, id), out Task<OpenLogin> now) && now == login;
                if (isIt)
                {
                    logins.Remove((binding, id));
                }
                return isIt;
            }
        }

        /// <summary>Kept anew, for as long as what begins now.</summary>
        private Visit VisitOf(string binding)
        {
            Visit visit = logins.TryGetValue(new VisitKey(binding), out Visit known) ? known : new Visit();
            return logins.Set(new VisitKey(binding), visit, new MemoryCacheEntryOptions { Size = 0, AbsoluteExpirationRelativeToNow = Life });
        }

        /// <summary>A beginning that failed leaves nothing in memory.</summary>
        private void Drop(string binding, string id, Task<OpenLogin> login)
        {
            lock (logins)
            {
                if (Forget(binding, id, login) && logins.TryGetValue(new VisitKey(binding), out Visit visit) && visit.Ids.Remove(id) && visit.Ids.Count == 0)
                {
                    logins.Remove(new VisitKey(binding));
                }
            }
        }

        /// <summary>What a visitor has begun.</summary>
        private sealed class Visit
        {
            internal ISet<string> Ids { get; } = new HashSet<string>();

            /// <summary>The withdrawals of the visit before. It never fails.</summary>
            internal Task Left { get; set; } = Task.CompletedTask;
        }

        private sealed class Question
        {
            /// <summary>Null while it waits for its turn: whoever asks meanwhile is answered by it, too.</summary>
            internal long? AskedMs { get; set; }

            internal Task<LoginResult> Answer { get; set; } = null!;

            internal bool IsEnd => Answer.Status == TaskStatus.RanToCompletion && !Answer.Result.IsOpen;
        }

        private readonly struct VisitKey : IEquatable<VisitKey>
        {
            private readonly string binding;

            internal VisitKey(string binding) => this.binding = binding;

            public bool Equals(VisitKey other) => binding == other.binding;

            public override bool Equals(object? other) => other is VisitKey visit && Equals(visit);

            public override int GetHashCode() => binding.GetHashCode(StringComparison.Ordinal);
        }
    }

    /// <summary>What the page of a login shows.</summary>
    internal sealed class OpenLogin
    {
        internal OpenLogin(string token, string? picture)
        {
            Token = token;
            Picture = picture;
        }

        internal string Token { get; }

        internal string? Picture { get; }
    }
}
