<?php

declare(strict_types=1);

namespace Countermark\Psr15;

use Countermark\Error\CountermarkException;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Login\AuthSession;
use Countermark\Login\LoginOutcome;
use Countermark\LoginClient;
use Countermark\SessionSealer;
use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Psr\Log\LoggerInterface;
use Psr\SimpleCache\CacheInterface;

/**
 * Tells the page of a login how it stands: what the element `<countermark-login>` asks at its address `poll`. Each question is one to the
 * ID server, until the one that brings the approval signs the visitor in.
 *
 * It reads the token of `SessionSealer` from a field of a posted form. For two questions at once about an approved login, one gets it.
 */
final class LoginState implements RequestHandlerInterface
{
    /** As long as the ID server keeps a login. */
    private const KEEP_S = 120;

    private readonly Refusals $refusals;

    /**
     * @param \Closure(ServerRequestInterface): (string|array<array-key, mixed>|null) $binding what the token was sealed for, such as the value
     *     of a pre-login cookie. A list is none: `Cookie: visitor[]=x` makes one
     * @param \Closure(string, ServerRequestInterface): string $signIn logs in the SecSign ID that approved, in a new session, and gives the
     *     page of this site to go to; it starts PHP's session if it needs one. What it throws comes through, and without `$approvals` the
     *     approval, which is given out once, is lost
     * @param string $field the field of the form that has the token
     * @param CacheInterface|null $approvals keeps an approval for two minutes, for the same token and binding: the answer may be lost on its way
     *     to a page that slept, which asks again late, and is signed in then. Without it that login is lost. All processes of the site share
     *     it, nobody else writes to it, and whoever signs out gets another binding, or the page of the login signs in once more
     */
    public function __construct(
        private readonly LoginClient $client,
        private readonly SessionSealer $sealer,
        private readonly \Closure $binding,
        private readonly \Closure $signIn,
        private readonly ResponseFactoryInterface $responses,
        ?LoggerInterface $logger = null,
        private readonly string $field = 'token',
        private readonly ?CacheInterface $approvals = null,
    ) {
        $this->refusals = new Refusals($responses, $logger);
    }

    public function handle(ServerRequestInterface $request): ResponseInterface
    {
        if ($request->getMethod() !== 'POST') {
            return $this->responses->createResponse(405)->withHeader('Allow', 'POST');
        }
        $form = $request->getParsedBody();
        $token = \is_array($form) && \is_string($form[$this->field] ?? null) ? $form[$this->field] : '';
        try {
            $binding = ($this->binding)($request);
            $binding = $binding === null || \is_array($binding) ? '' : $binding;
            [$outcome, $secsignId] = $this->ask($this->open($token, $binding), $binding);
        } catch (CountermarkExceptionInterface $refused) {
            return $this->refusals->answer($refused, $refused->httpStatus());
        }
        $next = $secsignId === null ? [] : ['next' => ($this->signIn)($secsignId, $request)];
        return $this->answer($outcome, $next);
    }

    /** Without a binding no token was sealed: the visitor has none, and that is no mistake of the site. */
    private function open(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string $binding): AuthSession
    {
        return $binding === '' ? throw CountermarkException::of(ErrorCode::UnknownHandle) : $this->sealer->open($token, $binding);
    }

    /** @return array{LoginOutcome, ?string} and the SecSign ID that has approved */
    private function ask(AuthSession $session, #[\SensitiveParameter] string $binding): array
    {
        $name = \hash('sha256', "countermark-login\0{$session->authSessionId()}\0$binding");
        if ($this->kept($name) === $session->secsignId()) {
            return [LoginOutcome::Approved, $session->secsignId()];
        }
        $result = $this->client->check($session);
        if ($result->secsignId !== null) {
            try {
                $this->approvals?->set($name, $result->secsignId, self::KEEP_S);
            } catch (\Throwable) {
                // The visitor is signed in all the same; only who asks again is not.
            }
        }
        return [$result->outcome, $result->secsignId];
    }

    private function kept(string $name): mixed
    {
        try {
            return $this->approvals?->get($name);
        } catch (\Throwable) {
            return null;
        }
    }

    /** @param array<string, string> $next */
    private function answer(LoginOutcome $outcome, array $next): ResponseInterface
    {
        $news = ['state' => $outcome->label(), 'final' => !$outcome->isOpen()] + $next;
        $response = $this->responses->createResponse()
            ->withHeader('Content-Type', 'application/json')
            ->withHeader('X-Content-Type-Options', 'nosniff')
            ->withHeader('Cache-Control', 'no-store');
        $response->getBody()->write(\json_encode($news, \JSON_THROW_ON_ERROR));
        return $response;
    }
}
