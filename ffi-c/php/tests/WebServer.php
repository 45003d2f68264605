<?php

declare(strict_types=1);

namespace Countermark\Tests;

/** nginx before php-fpm, on a port and in a folder of their own. */
final class WebServer
{
    /** @param list<resource> $processes */
    private function __construct(
        private array $processes,
        private readonly string $folder,
        public readonly string $url,
    ) {
    }

    public static function folder(): string
    {
        $folder = \sys_get_temp_dir() . '/countermark-web-' . \bin2hex(\random_bytes(8));
        \mkdir($folder, 0755);
        \register_shutdown_function(static function () use ($folder): void {
            \exec('rm -rf ' . \escapeshellarg($folder));
        });
        return $folder;
    }

    /**
     * @param string $root the scripts
     * @param array<string, string> $ini lines of php.ini
     * @param array<string, string> $environment
     */
    public static function start(string $folder, string $root, array $ini = [], array $environment = []): self
    {
        $user = \posix_geteuid() === 0 ? "user = www-data\ngroup = www-data\nlisten.owner = www-data\n" : '';
        $variables = '';
        foreach ($environment as $name => $value) {
            $variables .= "env[$name] = \"$value\"\n";
        }
        \file_put_contents("$folder/fpm.conf", <<<CONF
            [global]
            error_log = $folder/fpm.log
            daemonize = no
            [www]
            {$user}listen = $folder/php.sock
            pm = static
            pm.max_children = 2
            $variables
            CONF);
        $port = self::freePort();
        \file_put_contents("$folder/nginx.conf", <<<CONF
            daemon off;
            pid $folder/nginx.pid;
            error_log $folder/nginx.log;
            user www-data;
            events {}
            http {
                access_log off;
                client_body_temp_path $folder/body;
                fastcgi_temp_path $folder/fastcgi;
                proxy_temp_path $folder/proxy;
                uwsgi_temp_path $folder/uwsgi;
                scgi_temp_path $folder/scgi;
                server {
                    listen 127.0.0.1:$port;
                    root $root;
                    location ~ \.php$ {
                        include /etc/nginx/fastcgi_params;
                        fastcgi_param SCRIPT_FILENAME \$document_root\$fastcgi_script_name;
                        fastcgi_pass unix:$folder/php.sock;
                    }
                }
            }
            CONF);
        if (\posix_geteuid() === 0) {
            $ini['opcache.preload_user'] = 'www-data';
        }
        $flags = ['-n', '-d', 'extension=ffi', '-d', 'zend_extension=opcache', '-d', 'opcache.enable=1'];
        foreach (self::extensions() as $extension) {
            \array_push($flags, '-d', "extension=$extension");
        }
        foreach ($ini as $name => $value) {
            \array_push($flags, '-d', "$name=$value");
        }
        $fpm = (\glob('/usr/sbin/php-fpm*') ?: ['php-fpm'])[0];
        $quiet = [1 => ['file', "$folder/out.log", 'a'], 2 => ['file', "$folder/out.log", 'a']];
        $processes = [\proc_open([$fpm, '-F', '-y', "$folder/fpm.conf", ...$flags], $quiet, $pipes)];
        for ($tries = 0; !\file_exists("$folder/php.sock"); $tries++) {
            if ($tries > 6_000) {
                throw new \RuntimeException('php-fpm does not start: ' . \file_get_contents("$folder/fpm.log") . \file_get_contents("$folder/out.log"));
            }
            \usleep(10_000);
        }
        $processes[] = \proc_open(['nginx', '-c', "$folder/nginx.conf", '-e', "$folder/nginx.log"], $quiet, $pipes);
        for ($tries = 0; ($socket = @\stream_socket_client("tcp://127.0.0.1:$port")) === false; $tries++) {
            if ($tries > 6_000) {
                throw new \RuntimeException('nginx does not start: ' . \file_get_contents("$folder/nginx.log"));
            }
            \usleep(10_000);
        }
        \fclose($socket);
        return new self($processes, $folder, "http://127.0.0.1:$port");
    }

    /** A port that was just free. */
    public static function freePort(): int
    {
        $socket = \stream_socket_server('tcp://127.0.0.1:0');
        $name = (string) \stream_socket_get_name($socket, false);
        \fclose($socket);
        return (int) \substr($name, (int) \strrpos($name, ':') + 1);
    }

    /** @return list<string> shared extensions that the scripts need; those that are built in need no line */
    private static function extensions(): array
    {
        $folder = (string) \ini_get('extension_dir');
        return \array_values(\array_filter(['ctype', 'curl', 'posix'], static fn (string $name): bool => \is_file("$folder/$name.so")));
    }

    /**
     * @param list<array{string, string}> $headers
     * @return array{int, string}
     */
    public function post(string $path, string $body, array $headers): array
    {
        $curl = \curl_init($this->url . $path);
        \curl_setopt_array($curl, [
            \CURLOPT_POSTFIELDS => $body,
            \CURLOPT_RETURNTRANSFER => true,
            \CURLOPT_HTTPHEADER => ['Content-Type: application/json', ...\array_map(static fn (array $it): string => "$it[0]: $it[1]", $headers)],
        ]);
        $text = (string) \curl_exec($curl);
        return [\curl_getinfo($curl, \CURLINFO_RESPONSE_CODE), $text];
    }

    public function __destruct()
    {
        foreach (\array_reverse($this->processes) as $process) {
            \proc_terminate($process);
            \proc_close($process);
        }
        foreach (['body', 'fastcgi', 'proxy', 'uwsgi', 'scgi'] as $temporary) {
            @\rmdir("$this->folder/$temporary");
        }
    }
}
