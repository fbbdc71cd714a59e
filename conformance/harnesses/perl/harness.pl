#!/usr/bin/perl
# A merchant's Perl behind the harness protocol: JSON::PP, Crypt::OpenSSL::RSA and LWP, at their defaults.
# Standard input: one command a line. Standard output: one answer a line, and nothing else. See README.md.

use strict;
use warnings FATAL => 'all';

use Crypt::OpenSSL::RSA;
use Digest::SHA qw(sha256_hex);
use Encode qw(decode encode);
use HTTP::Request;
use IO::Socket::INET;
use JSON::PP;
use LWP::Protocol::http;
use LWP::UserAgent;
use MIME::Base64 qw(decode_base64 encode_base64);
use POSIX ();
use URI;

sub refuse { die bless({ text => shift }, 'Refused') }
sub skip   { die bless({ text => shift }, 'Skip') }

# ---- The merchant: what the API document asks for, in Perl. Texts are character strings, messages and bodies octets

# The octets to sign. A webhook and a response sign their body alone.
sub payload {
    my ($form, $fields) = @_;
    return encode('UTF-8', $fields->{method} . $fields->{url}) . $fields->{body} if $form eq 'request';
    return encode('UTF-8', $fields->{transaction_id}) if $form eq 'card_details';
    return encode('UTF-8',
        $fields->{transaction_id} . substr($fields->{card_number}, 0, 6) . substr($fields->{card_number}, -4))
        if $form eq 'payout_card_details';
    return encode('UTF-8', $fields->{value}) if $form eq 'payout_lookup';
    return $fields->{body} if $form eq 'response' or $form eq 'webhook';
    skip('no such form');
}

sub sign {
    my ($message, $key) = @_;
    $key->use_sha256_hash;
    return encode_base64($key->sign($message), '');
}

sub verify {
    my ($message, $header, $key) = @_;
    $key->use_sha256_hash;
    return eval { $key->verify($message, decode_base64($header)) } ? 1 : 0;
}

sub minify {
    my ($text) = @_;
    return JSON::PP->new->utf8->canonical->encode(parse($text)); # else the order of members is another in each run
}

sub parse {
    my ($text) = @_;
    my $value = eval { decode_json($text) };
    if ($@) { refuse('decode_json: ' . ($@ =~ s/, at character offset.*//sr)) } # which would quote the text
    return $value;
}

sub private_key {
    my ($pem, $password) = @_;
    # where the key is encrypted and no password given, OpenSSL would ask the terminal for it
    return eval { Crypt::OpenSSL::RSA->new_private_key($pem, $password // '') } // refuse(told($@));
}

sub public_key {
    my ($pem) = @_;
    return eval { Crypt::OpenSSL::RSA->new_public_key($pem) } // refuse(told($@));
}

# The whole of a call: serialise, sign the URL one has, send with LWP. Returns what came over the wire.
sub build {
    my ($form, $method, $url, $json, $merchant, $key) = @_;
    my $data = defined $json ? parse($json) : undef;
    my $body = defined $json ? encode_json($data) : '';
    my %fields = (method => $method, url => $url, body => $body);
    $fields{value} = lookup_value($url) if $form eq 'payout_lookup';
    if ($form =~ /card_details/) {
        $fields{transaction_id} = $data->{transaction_id};
        $fields{card_number} = $data->{number};
    }
    my $signature = sign(payload($form, \%fields), $key);
    my @headers = $form =~ /card_details/ ? ('x-short-signature' => $signature) : ('x-signature' => $signature);
    push @headers, 'x-merchant-id' => $merchant unless $form eq 'response' or $form eq 'webhook';
    push @headers, 'content-type' => 'application/json' if defined $json;
    my $request = eval { HTTP::Request->new($method, $url, \@headers, $body) } // refuse(told($@));
    return send_request($request);
}

# A payout is looked up by one of two query parameters, and that value is signed.
sub lookup_value {
    my ($url) = @_;
    my @pairs = URI->new($url)->query_form;
    my @values;
    while (my ($name, $value) = splice @pairs, 0, 2) {
        push @values, $value if $name eq 'uuid' or $name eq 'external_id';
    }
    refuse('a payout is looked up by uuid or by external_id') unless @values == 1;
    return decode('UTF-8', $values[0]);
}

# ---- Sending: LWP does all but open the connection, which goes to a recorder of ours instead of the URL's host. No TLS

{
    package Recorded;
    our @ISA = 'LWP::Protocol::http';
    our $port;

    sub _new_socket {
        my ($self, undef, undef, $timeout) = @_;
        return $self->SUPER::_new_socket('127.0.0.1', $port, $timeout);
    }

    package Recorded::Socket;
    our @ISA = 'LWP::Protocol::http::Socket';
}

sub send_request {
    my ($request) = @_;
    my $server = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "no loopback port: $!";
    $Recorded::port = $server->sockport;
    LWP::Protocol::implementor($_, 'Recorded') for 'http', 'https';
    my $recorder = fork // die "no recorder: $!";
    if (!$recorder) {
        eval { record($server->accept) };
        POSIX::_exit(0);
    }
    my $response = LWP::UserAgent->new(timeout => 20, protocols_allowed => ['http', 'https'])->request($request);
    kill 'TERM', $recorder; # where LWP sent nothing it waits still
    waitpid $recorder, 0;
    if (!$response->is_success) {
        die $response->status_line . "\n" if $response->status_line =~ /^500 (?:Can't connect|read|write)/;
        refuse('LWP: ' . told($response->status_line));
    }
    my $recorded = decode_json($response->content);
    $recorded->{url} = $request->uri->scheme . "://$recorded->{headers}{host}$recorded->{url}";
    return $recorded;
}

# Reads one request and answers it with what it was.
sub record {
    my ($client) = @_;
    local $/ = "\r\n";
    chomp(my $line = <$client>);
    my ($method, $target) = $line =~ /^(\S+) (.*) HTTP/s;
    my %headers;
    while (defined(my $field = <$client>)) {
        chomp $field;
        last if $field eq '';
        my ($name, $value) = $field =~ /^([^:]+):\s*(.*)/s;
        $name = lc $name;
        $headers{$name} = exists $headers{$name} ? "$headers{$name}, $value" : $value;
    }
    read $client, my $body, $headers{'content-length'} // 0;
    my $answer = JSON::PP->new->ascii->encode({
        method => $method,
        url => $target,
        body => length $body ? encode_base64($body, '') : undef,
        headers => { map { $_ => "$headers{$_}" } keys %headers }, # the length has been a number meanwhile
    });
    print $client "HTTP/1.1 200 OK\r\ncontent-length: " . length($answer) . "\r\nconnection: close\r\n\r\n$answer";
    close $client;
}

# ---- The protocol

my @FORMS = qw(request card_details payout_card_details payout_lookup response webhook);
my $WIRE = JSON::PP->new->ascii;
my %KEYS; # name => { private => key or undef, public => key }

sub hello {
    my $runtime = sprintf 'Perl %vd, Crypt::OpenSSL::RSA %s, JSON::PP %s, LWP %s',
        $^V, Crypt::OpenSSL::RSA->VERSION, JSON::PP->VERSION, LWP->VERSION;
    return {
        protocol => 1,
        implementation => {
            name => 'perl',
            version => sprintf('%vd', $^V),
            language => 'Perl',
            runtime => $runtime,
            url => 'https://www.perl.org/',
        },
        supports => {
            (map { $_ => \@FORMS } qw(message sign verify build)),
            minify => JSON::PP::true, load_key => JSON::PP::true,
        },
        max_inflight => 8,
    };
}

sub take_key {
    my ($command) = @_;
    my $private = $command->{private_pem};
    $KEYS{ $command->{name} } = {
        private => defined $private ? private_key($private) : undef,
        public => public_key($command->{public_pem}),
    };
    return { ok => JSON::PP::true };
}

# The octets of a base64 field.
sub octets {
    my ($text) = @_;
    return defined $text ? decode_base64($text) : undef;
}

sub operate {
    my ($op) = @_;
    my $key = sub { $KEYS{ $op->{key} }{ $_[0] } // die "no $_[0] key of that name\n" };
    my $message = sub { payload($op->{form}, { %$op, body => octets($op->{body}) }) };
    my $name = $op->{op};
    return {} if $name eq 'noop';
    return { value => encode_base64($message->(), '') } if $name eq 'message';
    return { signature => sign($message->(), $key->('private')) } if $name eq 'sign';
    if ($name eq 'verify') {
        my $header = encode('ISO-8859-1', $op->{signature}); # the header's octets
        return { valid => verify($message->(), $header, $key->('public')) ? JSON::PP::true : JSON::PP::false };
    }
    return { value => encode_base64(minify(octets($op->{text})), '') } if $name eq 'minify';
    return { fingerprint => fingerprint($op) } if $name eq 'load_key';
    if ($name eq 'build') {
        my @call = (@$op{qw(form method url)}, octets($op->{json_text}), $op->{merchant_id}, $key->('private'));
        return { request => build(@call) };
    }
    skip('no such op');
}

sub fingerprint {
    my ($op) = @_;
    my $key = defined $op->{private}
        ? private_key(octets($op->{private}), $op->{password})
        : public_key(octets($op->{public}));
    my $pem = $key->get_public_key_x509_string;
    return sha256_hex(decode_base64($pem =~ s/-----.*?-----//gr));
}

# An exception's text without the place in this file.
sub told {
    my ($text) = @_;
    return $text =~ s/ at \S+ (?:\(.*?\) )?line \d+.*//sr;
}

sub answer {
    my ($command) = @_;
    my %do = (hello => \&hello, key => \&take_key, op => \&operate);
    my $answer = eval { ($do{ $command->{cmd} // '' } // die "no command of the protocol\n")->($command) };
    return $answer if $answer;
    my $why = $@;
    return { refused => $why->{text} } if ref $why eq 'Refused';
    return { skip => $why->{text} } if ref $why eq 'Skip';
    chomp(my $text = told($why));
    return { error => { kind => 'die', message => $text } };
}

$| = 1;
while (my $line = <STDIN>) {
    my $command = eval { $WIRE->decode($line) };
    $command = {} unless ref $command eq 'HASH'; # no command: answered as an error
    last if ($command->{cmd} // '') eq 'bye';
    my $answer = answer($command);
    $answer = { %$answer, id => $command->{id} } if defined $command->{id};
    print $WIRE->encode($answer), "\n";
}
