/**
 * Symbols that a universe is chosen from when the user names none: USD-M perpetuals of great turnover at some time
 * since 2020, delisted and renamed ones included; those that were not listed in the month in question drop out by
 * themselves. The list was written down later than those months, so a study that must be free of survivorship names
 * its own candidates.
 */
export const DEFAULT_CANDIDATES: readonly string[] = `
  BTC ETH BNB SOL XRP DOGE ADA AVAX LINK DOT LTC BCH TRX ETC EOS XLM XMR ATOM NEAR FIL UNI AAVE MATIC POL FTM S SAND
  MANA AXS GALA APE GMT OP ARB SUI APT SEI TIA INJ WLD ENA TAO FET RENDER RNDR LDO MKR CRV DYDX SNX COMP SUSHI YFI
  1INCH RUNE ALGO VET ICP EGLD THETA HBAR XTZ NEO QTUM ZEC DASH IOTA ONT ZIL KAVA ENJ CHZ GRT STX IMX ORDI 1000PEPE
  1000SHIB 1000BONK 1000FLOKI WIF JUP PYTH STRK ONDO TON NOT PENDLE JTO ETHFI WAVES KSM ROSE MASK BLUR CFX LUNA
  LUNA2 SRM FTT HYPE TRUMP LAYER VIRTUAL PNUT
`
  .trim()
  .split(/\s+/)
  .map((base) => `${base}USDT`);
