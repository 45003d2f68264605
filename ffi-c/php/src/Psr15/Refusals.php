<?php

declare(strict_types=1);

namespace Countermark\Psr15;

use Countermark\Error\CountermarkExceptionInterface;
use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Log\LoggerInterface;

/**
 * Answers what was refused: the reason goes to the log, the public message to whoever asked.
 *
 * @internal
 */
final class Refusals
{
    public function __construct(
        private readonly ResponseFactoryInterface $responses,
        private readonly ?LoggerInterface $logger,
    ) {
    }

    public function answer(CountermarkExceptionInterface $refused, int $status): ResponseInterface
    {
        $this->log($refused, $status >= 500 ? 'error' : 'notice');
        $response = $this->responses->createResponse($status)
            ->withHeader('Content-Type', 'text/plain; charset=utf-8')
            ->withHeader('X-Content-Type-Options', 'nosniff')
            ->withHeader('Cache-Control', 'no-store');
        $response->getBody()->write($refused->publicMessage());
        return $response;
    }

    /** @param 'error'|'notice' $level of PSR-3 */
    public function log(CountermarkExceptionInterface $refused, string $level): void
    {
        $context = ['number' => $refused->getCode(), 'name' => $refused->errorCode()?->label()];
        $this->logger?->log($level, 'countermark: ' . $refused->getMessage(), $context);
    }
}
