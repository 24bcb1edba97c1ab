import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An authority and what it signed, made anew; PEM files in a directory named as docker's clients look for them. */
export class Certificates implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), "wharf-certificates-"));

  /** @throws Error when openssl fails or is not there */
  constructor() {
    this.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca-key.pem", "-out", "ca.pem", "-days", "2", "-subj", "/CN=authority");
    this.sign("server", "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n");
    this.sign("client", "extendedKeyUsage=clientAuth\n");
    // The names that DOCKER_CERT_PATH goes by.
    writeFileSync(join(this.directory, "cert.pem"), this.read("client.pem"));
    writeFileSync(join(this.directory, "key.pem"), this.read("client-key.pem"), { mode: 0o600 });
  }

  read(file: string): string {
    return readFileSync(join(this.directory, file), "utf8");
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private sign(name: string, extensions: string): void {
    writeFileSync(join(this.directory, `${name}.ext`), extensions);
    this.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", `${name}-key.pem`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    this.openssl("x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial", "-out", `${name}.pem`, "-days", "2", "-extfile", `${name}.ext`);
  }

  private openssl(...args: readonly string[]): void {
    const { success, stderr } = Bun.spawnSync(["openssl", ...args], { cwd: this.directory, stdout: "ignore", stderr: "pipe" });
    if (!success) throw new Error(`openssl ${args[0] ?? ""}: ${stderr.toString()}`);
  }
}

export const hasOpenssl = Bun.which("openssl") !== null;
