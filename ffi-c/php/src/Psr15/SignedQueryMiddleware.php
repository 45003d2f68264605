<?php

declare(strict_types=1);

namespace Countermark\Psr15;

use Countermark\Error\CountermarkException;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Query\VerifiedQuery;
use Countermark\RequestTarget;
use Countermark\SignedQueryVerifier;
use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Psr\Log\LoggerInterface;

/**
 * Lets only verified links through that are opened with GET. The handler finds the `VerifiedQuery` in the attribute of that class name,
 * gives the visitor a new session, and redirects to an address without the query.
 */
final class SignedQueryMiddleware implements MiddlewareInterface
{
    private readonly Refusals $refusals;

    public function __construct(
        private readonly SignedQueryVerifier $verifier,
        ResponseFactoryInterface $responses,
        ?LoggerInterface $logger = null,
    ) {
        $this->refusals = new Refusals($responses, $logger);
    }

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        if ($request->getMethod() !== 'GET') {
            // A scanner of mail that asks for the head, or for the options, must not use up the link.
            $refused = CountermarkException::of(ErrorCode::SignatureMismatch, 'a link is opened with GET');
            return $this->unkept($this->refusals->answer($refused, 405)->withHeader('Allow', 'GET'));
        }
        if (\str_starts_with($request->getHeaderLine('Sec-Purpose'), 'prefetch')) {
            // Nobody has opened it yet; a browser that gets no page fetches it again for whoever does.
            return $this->unkept($this->refusals->answer(CountermarkException::of(ErrorCode::SignatureMismatch, 'a link fetched ahead'), 503));
        }
        try {
            $verified = $this->verifier->verify(RequestTarget::query($request));
        } catch (CountermarkExceptionInterface $refused) {
            return $this->unkept($this->refusals->answer($refused, $refused->httpStatus()));
        }
        return $this->unkept($handler->handle($request->withAttribute(VerifiedQuery::class, $verified)));
    }

    /** The link stands in the address bar: no cache and no other site shall get it. */
    private function unkept(ResponseInterface $response): ResponseInterface
    {
        return $response
            ->withHeader('Referrer-Policy', 'no-referrer')
            ->withHeader('Cache-Control', 'no-store');
    }
}
