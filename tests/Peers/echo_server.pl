#!/usr/bin/perl
# An echo server that takes one connection after the other and sends back as bytes arrive, until EOF.
# With a path as its argument it listens on that Unix socket, with a port or nothing on 127.0.0.1.
use strict;
use warnings;
use IO::Socket::INET;
use IO::Socket::UNIX;

$SIG{PIPE} = 'IGNORE';
my $where = shift // 0;
my $server = $where =~ m{/}
    ? IO::Socket::UNIX->new(Local => $where, Listen => 16)
    : IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $where, Listen => 16, ReuseAddr => 1);
die "cannot listen on $where: $!\n" unless $server;
printf STDERR "listening %s\n", $where =~ m{/} ? $where : $server->sockport;

while (my $client = $server->accept) {
    while (sysread($client, my $data, 65536)) {
        for (my $sent = 0; $sent < length $data;) {
            my $count = syswrite($client, $data, length($data) - $sent, $sent);
            last unless $count;
            $sent += $count;
        }
    }
    shutdown($client, 1);
    close $client;
}
