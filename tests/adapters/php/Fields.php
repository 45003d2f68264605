<?php

declare(strict_types=1);

namespace Countermark\Adapter;

/** Reads the fields of a request: an absent field is the binding's default, one of another type a bad request. */
final class Fields
{
    public function __construct(private readonly \stdClass $request)
    {
    }

    public function has(string $name): bool
    {
        return isset($this->request->$name);
    }

    public function text(string $name): string
    {
        return $this->textOrNull($name) ?? throw new BadRequest();
    }

    public function textOrNull(string $name): ?string
    {
        $value = $this->request->$name ?? null;
        return $value === null || \is_string($value) ? $value : throw new BadRequest();
    }

    public function int(string $name): int
    {
        return $this->intOrNull($name) ?? throw new BadRequest();
    }

    public function intOrNull(string $name): ?int
    {
        $value = $this->request->$name ?? null;
        return $value === null || \is_int($value) ? $value : throw new BadRequest();
    }

    /** A number from 0 to 2^32 - 1. */
    public function countOrNull(string $name): ?int
    {
        $value = $this->intOrNull($name);
        return $value === null || ($value >= 0 && $value <= 0xFFFFFFFF) ? $value : throw new BadRequest();
    }

    public function flagOrNull(string $name): ?bool
    {
        $value = $this->request->$name ?? null;
        return $value === null || \is_bool($value) ? $value : throw new BadRequest();
    }

    /** @return list<mixed> */
    public function list(string $name): array
    {
        $value = $this->request->$name ?? [];
        return \is_array($value) ? $value : throw new BadRequest();
    }

    /** @return list<string> */
    public function texts(string $name): array
    {
        return \array_map(
            static fn (mixed $item): string => \is_string($item) ? $item : throw new BadRequest(),
            $this->list($name),
        );
    }

    /** @return list<self> */
    public function objects(string $name): array
    {
        return \array_map(
            static fn (mixed $item): self => $item instanceof \stdClass ? new self($item) : throw new BadRequest(),
            $this->list($name),
        );
    }

    public function object(string $name): self
    {
        return $this->objectOrNull($name) ?? throw new BadRequest();
    }

    public function objectOrNull(string $name): ?self
    {
        $value = $this->request->$name ?? null;
        if ($value === null) {
            return null;
        }
        return $value instanceof \stdClass ? new self($value) : throw new BadRequest();
    }

    /** @return array<string, string> */
    public function textMap(): array
    {
        $map = [];
        foreach ((array) $this->request as $name => $value) {
            $map[$name] = \is_string($value) ? $value : throw new BadRequest();
        }
        return $map;
    }

    /** Bytes in standard base64. */
    public function bytes(string $name): string
    {
        $text = $this->text($name);
        $bytes = \base64_decode($text, true);
        // PHP's strict mode still takes a missing padding.
        return $bytes !== false && \base64_encode($bytes) === $text ? $bytes : throw new BadRequest();
    }
}
