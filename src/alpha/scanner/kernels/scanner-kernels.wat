;; The scanner's O(n) and O(n^2) loops on pairs of doubles (f64x2), over one memory that the caller owns.
;;
;; Plain SIMD only: every lane is an IEEE double operation in the order written here, so results are the same bits on
;; every machine. No relaxed SIMD, no fused multiply-add.
;;
;; Pointers are byte offsets; $stride counts doubles and is a multiple of four; vectors are padded with zeros. `packed` is
;; a symmetric matrix in panels of four rows, column by column (packed-symmetric.ts draws it): 32 bytes hold rows
;; r..r+3 of one column, so `low` is rows r and r+1, `high` rows r+2 and r+3. Offsets $row and $column are byte offsets
;; into a vector: 8 times the index. Compiled by `npm run gen:kernels`.
(module
  (import "scanner" "memory" (memory 1))

  ;; Inner product: four sums, added pairwise.
  (func $dot (export "dot") (param $a i32) (param $b i32) (param $stride i32) (result f64)
    (local $end i32) (local $low v128) (local $high v128)
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $stride) (i32.const 3))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
      (local.set $low (f64x2.add (local.get $low) (f64x2.mul (v128.load (local.get $a)) (v128.load (local.get $b)))))
      (local.set $high (f64x2.add (local.get $high)
        (f64x2.mul (v128.load offset=16 (local.get $a)) (v128.load offset=16 (local.get $b)))))
      (local.set $a (i32.add (local.get $a) (i32.const 32)))
      (local.set $b (i32.add (local.get $b) (i32.const 32)))
      (br $next)))
    (call $sumOfFour (local.get $low) (local.get $high)))

  (func $sumOfFour (param $low v128) (param $high v128) (result f64)
    (f64.add
      (f64.add (f64x2.extract_lane 0 (local.get $low)) (f64x2.extract_lane 1 (local.get $low)))
      (f64.add (f64x2.extract_lane 0 (local.get $high)) (f64x2.extract_lane 1 (local.get $high)))))

  ;; y += factor * x
  (func $addScaled (export "addScaled") (param $y i32) (param $factor f64) (param $x i32) (param $stride i32)
    (local $end i32) (local $factors v128)
    (local.set $end (i32.add (local.get $y) (i32.shl (local.get $stride) (i32.const 3))))
    (local.set $factors (f64x2.splat (local.get $factor)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $y) (local.get $end)))
      (v128.store (local.get $y)
        (f64x2.add (v128.load (local.get $y)) (f64x2.mul (local.get $factors) (v128.load (local.get $x)))))
      (v128.store offset=16 (local.get $y)
        (f64x2.add (v128.load offset=16 (local.get $y))
          (f64x2.mul (local.get $factors) (v128.load offset=16 (local.get $x)))))
      (local.set $x (i32.add (local.get $x) (i32.const 32)))
      (local.set $y (i32.add (local.get $y) (i32.const 32)))
      (br $next))))

  ;; y = factor * x; y may be x.
  (func (export "scale") (param $y i32) (param $factor f64) (param $x i32) (param $stride i32)
    (local $end i32) (local $factors v128)
    (local.set $end (i32.add (local.get $y) (i32.shl (local.get $stride) (i32.const 3))))
    (local.set $factors (f64x2.splat (local.get $factor)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $y) (local.get $end)))
      (v128.store (local.get $y) (f64x2.mul (local.get $factors) (v128.load (local.get $x))))
      (v128.store offset=16 (local.get $y) (f64x2.mul (local.get $factors) (v128.load offset=16 (local.get $x))))
      (local.set $x (i32.add (local.get $x) (i32.const 32)))
      (local.set $y (i32.add (local.get $y) (i32.const 32)))
      (br $next))))

  ;; y *= x, element by element.
  (func $multiplyElements (param $y i32) (param $x i32) (param $stride i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $y) (i32.shl (local.get $stride) (i32.const 3))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $y) (local.get $end)))
      (v128.store (local.get $y) (f64x2.mul (v128.load (local.get $y)) (v128.load (local.get $x))))
      (v128.store offset=16 (local.get $y)
        (f64x2.mul (v128.load offset=16 (local.get $y)) (v128.load offset=16 (local.get $x))))
      (local.set $x (i32.add (local.get $x) (i32.const 32)))
      (local.set $y (i32.add (local.get $y) (i32.const 32)))
      (br $next))))

  ;; Makes $work orthogonal to $count unit vectors that lie one after the other from $basis on, and to $locked (0 = none),
  ;; last first; once more when the first pass took away more than half of the length. Returns the length that is left.
  (func (export "orthogonalise")
    (param $work i32) (param $basis i32) (param $count i32) (param $locked i32) (param $stride i32) (result f64)
    (local $before f64) (local $after f64) (local $pass i32) (local $vector i32)
    (local.set $before (f64.sqrt (call $dot (local.get $work) (local.get $work) (local.get $stride))))
    (loop $again
      (if (local.get $locked) (then (call $removePart (local.get $work) (local.get $locked) (local.get $stride))))
      (local.set $vector
        (i32.add (local.get $basis) (i32.mul (local.get $count) (i32.shl (local.get $stride) (i32.const 3)))))
      (block $done (loop $next
        (br_if $done (i32.le_u (local.get $vector) (local.get $basis)))
        (local.set $vector (i32.sub (local.get $vector) (i32.shl (local.get $stride) (i32.const 3))))
        (call $removePart (local.get $work) (local.get $vector) (local.get $stride))
        (br $next)))
      (local.set $after (f64.sqrt (call $dot (local.get $work) (local.get $work) (local.get $stride))))
      (local.set $pass (i32.add (local.get $pass) (i32.const 1)))
      (br_if $again (i32.and
        (i32.lt_u (local.get $pass) (i32.const 2))
        (f64.lt (local.get $after) (f64.mul (f64.const 0.5) (local.get $before))))))
    (local.get $after))

  ;; work -= <work, unit> * unit
  (func $removePart (param $work i32) (param $unit i32) (param $stride i32)
    (call $addScaled
      (local.get $work)
      (f64.neg (call $dot (local.get $work) (local.get $unit) (local.get $stride)))
      (local.get $unit)
      (local.get $stride)))

  ;; packed += a a^T - b b^T, the rank-two update of a window that moves on.
  (func (export "rollOuterProducts") (param $packed i32) (param $a i32) (param $b i32) (param $stride i32)
    (local $row i32) (local $column i32) (local $size i32)
    (local $aLow v128) (local $aHigh v128) (local $bLow v128) (local $bHigh v128) (local $ac v128) (local $bc v128)
    (local.set $size (i32.shl (local.get $stride) (i32.const 3)))
    (block $done (loop $panel
      (br_if $done (i32.ge_u (local.get $row) (local.get $size)))
      (local.set $aLow (v128.load (i32.add (local.get $a) (local.get $row))))
      (local.set $aHigh (v128.load offset=16 (i32.add (local.get $a) (local.get $row))))
      (local.set $bLow (v128.load (i32.add (local.get $b) (local.get $row))))
      (local.set $bHigh (v128.load offset=16 (i32.add (local.get $b) (local.get $row))))
      (local.set $column (local.get $row))
      (loop $next
        (local.set $ac (v128.load64_splat (i32.add (local.get $a) (local.get $column))))
        (local.set $bc (v128.load64_splat (i32.add (local.get $b) (local.get $column))))
        (v128.store (local.get $packed) (f64x2.add (v128.load (local.get $packed)) (f64x2.sub
          (f64x2.mul (local.get $aLow) (local.get $ac)) (f64x2.mul (local.get $bLow) (local.get $bc)))))
        (v128.store offset=16 (local.get $packed) (f64x2.add (v128.load offset=16 (local.get $packed)) (f64x2.sub
          (f64x2.mul (local.get $aHigh) (local.get $ac)) (f64x2.mul (local.get $bHigh) (local.get $bc)))))
        (local.set $packed (i32.add (local.get $packed) (i32.const 32)))
        (local.set $column (i32.add (local.get $column) (i32.const 8)))
        (br_if $next (i32.lt_u (local.get $column) (local.get $size))))
      (local.set $row (i32.add (local.get $row) (i32.const 32)))
      (br $panel))))

  ;; sums += vector
  (func (export "addVector") (param $sums i32) (param $vector i32) (param $stride i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $sums) (i32.shl (local.get $stride) (i32.const 3))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $sums) (local.get $end)))
      (v128.store (local.get $sums) (f64x2.add (v128.load (local.get $sums)) (v128.load (local.get $vector))))
      (v128.store offset=16 (local.get $sums)
        (f64x2.add (v128.load offset=16 (local.get $sums)) (v128.load offset=16 (local.get $vector))))
      (local.set $vector (i32.add (local.get $vector) (i32.const 32)))
      (local.set $sums (i32.add (local.get $sums) (i32.const 32)))
      (br $next))))

  ;; Puts `vector - shifts` into a block and adds it to `sums`. A block holds $count vectors four assets at a time, so that
  ;; a tile of addOuterProducts reads two short runs of memory: assets 0..3 of vector 0, of vector 1, ...; assets 4..7 of
  ;; vector 0, ... $block points at this vector's first four.
  (func (export "centreIntoBlock")
    (param $block i32) (param $sums i32) (param $vector i32) (param $shifts i32) (param $count i32) (param $stride i32)
    (local $end i32) (local $value v128)
    (local.set $end (i32.add (local.get $sums) (i32.shl (local.get $stride) (i32.const 3))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $sums) (local.get $end)))
      (local.set $value (f64x2.sub (v128.load (local.get $vector)) (v128.load (local.get $shifts))))
      (v128.store (local.get $block) (local.get $value))
      (v128.store (local.get $sums) (f64x2.add (v128.load (local.get $sums)) (local.get $value)))
      (local.set $value (f64x2.sub (v128.load offset=16 (local.get $vector)) (v128.load offset=16 (local.get $shifts))))
      (v128.store offset=16 (local.get $block) (local.get $value))
      (v128.store offset=16 (local.get $sums) (f64x2.add (v128.load offset=16 (local.get $sums)) (local.get $value)))
      (local.set $block (i32.add (local.get $block) (i32.shl (local.get $count) (i32.const 5))))
      (local.set $vector (i32.add (local.get $vector) (i32.const 32)))
      (local.set $shifts (i32.add (local.get $shifts) (i32.const 32)))
      (local.set $sums (i32.add (local.get $sums) (i32.const 32)))
      (br $next))))

  ;; packed += sum of v v^T over the $count vectors of a block: four by four elements at a time stay in registers.
  (func (export "addOuterProducts") (param $packed i32) (param $block i32) (param $count i32) (param $stride i32)
    (local $rows i32) (local $columns i32) (local $end i32) (local $quad i32) (local $r i32) (local $c i32)
    (local $left i32) (local $low v128) (local $high v128) (local $x v128)
    (local $low0 v128) (local $high0 v128) (local $low1 v128) (local $high1 v128)
    (local $low2 v128) (local $high2 v128) (local $low3 v128) (local $high3 v128)
    (local.set $quad (i32.shl (local.get $count) (i32.const 5)))
    (local.set $end (i32.add (local.get $block)
      (i32.mul (local.get $quad) (i32.shr_u (local.get $stride) (i32.const 2)))))
    (local.set $rows (local.get $block))
    (block $done (loop $panel
      (br_if $done (i32.ge_u (local.get $rows) (local.get $end)))
      (local.set $columns (local.get $rows))
      (loop $tile
        (local.set $low0 (v128.load (local.get $packed)))
        (local.set $high0 (v128.load offset=16 (local.get $packed)))
        (local.set $low1 (v128.load offset=32 (local.get $packed)))
        (local.set $high1 (v128.load offset=48 (local.get $packed)))
        (local.set $low2 (v128.load offset=64 (local.get $packed)))
        (local.set $high2 (v128.load offset=80 (local.get $packed)))
        (local.set $low3 (v128.load offset=96 (local.get $packed)))
        (local.set $high3 (v128.load offset=112 (local.get $packed)))
        (local.set $r (local.get $rows))
        (local.set $c (local.get $columns))
        (local.set $left (local.get $count))
        (loop $vector
          (local.set $low (v128.load (local.get $r)))
          (local.set $high (v128.load offset=16 (local.get $r)))
          (local.set $x (v128.load64_splat (local.get $c)))
          (local.set $low0 (f64x2.add (local.get $low0) (f64x2.mul (local.get $low) (local.get $x))))
          (local.set $high0 (f64x2.add (local.get $high0) (f64x2.mul (local.get $high) (local.get $x))))
          (local.set $x (v128.load64_splat offset=8 (local.get $c)))
          (local.set $low1 (f64x2.add (local.get $low1) (f64x2.mul (local.get $low) (local.get $x))))
          (local.set $high1 (f64x2.add (local.get $high1) (f64x2.mul (local.get $high) (local.get $x))))
          (local.set $x (v128.load64_splat offset=16 (local.get $c)))
          (local.set $low2 (f64x2.add (local.get $low2) (f64x2.mul (local.get $low) (local.get $x))))
          (local.set $high2 (f64x2.add (local.get $high2) (f64x2.mul (local.get $high) (local.get $x))))
          (local.set $x (v128.load64_splat offset=24 (local.get $c)))
          (local.set $low3 (f64x2.add (local.get $low3) (f64x2.mul (local.get $low) (local.get $x))))
          (local.set $high3 (f64x2.add (local.get $high3) (f64x2.mul (local.get $high) (local.get $x))))
          (local.set $r (i32.add (local.get $r) (i32.const 32)))
          (local.set $c (i32.add (local.get $c) (i32.const 32)))
          (br_if $vector (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (v128.store (local.get $packed) (local.get $low0))
        (v128.store offset=16 (local.get $packed) (local.get $high0))
        (v128.store offset=32 (local.get $packed) (local.get $low1))
        (v128.store offset=48 (local.get $packed) (local.get $high1))
        (v128.store offset=64 (local.get $packed) (local.get $low2))
        (v128.store offset=80 (local.get $packed) (local.get $high2))
        (v128.store offset=96 (local.get $packed) (local.get $low3))
        (v128.store offset=112 (local.get $packed) (local.get $high3))
        (local.set $packed (i32.add (local.get $packed) (i32.const 128)))
        (local.set $columns (i32.add (local.get $columns) (local.get $quad)))
        (br_if $tile (i32.lt_u (local.get $columns) (local.get $end))))
      (local.set $rows (i32.add (local.get $rows) (local.get $quad)))
      (br $panel))))

  ;; y = packed * x, every stored element read once. y is not x.
  (func $multiply (export "multiply") (param $y i32) (param $packed i32) (param $x i32) (param $stride i32)
    (local $row i32) (local $column i32) (local $size i32) (local $target i32)
    (local $xLow v128) (local $xHigh v128) (local $x0 v128) (local $x1 v128)
    (local $low0 v128) (local $high0 v128) (local $low1 v128) (local $high1 v128)
    (local $yLow0 v128) (local $yHigh0 v128) (local $yLow1 v128) (local $yHigh1 v128)
    (local.set $size (i32.shl (local.get $stride) (i32.const 3)))
    (memory.fill (local.get $y) (i32.const 0) (local.get $size))
    (block $done (loop $panel
      (br_if $done (i32.ge_u (local.get $row) (local.get $size)))
      (local.set $xLow (v128.load (i32.add (local.get $x) (local.get $row))))
      (local.set $xHigh (v128.load offset=16 (i32.add (local.get $x) (local.get $row))))
      ;; The block on the diagonal holds both triangles: it counts for its rows only.
      (local.set $x0 (f64x2.splat (f64x2.extract_lane 0 (local.get $xLow))))
      (local.set $x1 (f64x2.splat (f64x2.extract_lane 1 (local.get $xLow))))
      (local.set $yLow0 (f64x2.mul (v128.load (local.get $packed)) (local.get $x0)))
      (local.set $yHigh0 (f64x2.mul (v128.load offset=16 (local.get $packed)) (local.get $x0)))
      (local.set $yLow1 (f64x2.mul (v128.load offset=32 (local.get $packed)) (local.get $x1)))
      (local.set $yHigh1 (f64x2.mul (v128.load offset=48 (local.get $packed)) (local.get $x1)))
      (local.set $x0 (f64x2.splat (f64x2.extract_lane 0 (local.get $xHigh))))
      (local.set $x1 (f64x2.splat (f64x2.extract_lane 1 (local.get $xHigh))))
      (local.set $yLow0 (f64x2.add (local.get $yLow0) (f64x2.mul (v128.load offset=64 (local.get $packed)) (local.get $x0))))
      (local.set $yHigh0 (f64x2.add (local.get $yHigh0) (f64x2.mul (v128.load offset=80 (local.get $packed)) (local.get $x0))))
      (local.set $yLow1 (f64x2.add (local.get $yLow1) (f64x2.mul (v128.load offset=96 (local.get $packed)) (local.get $x1))))
      (local.set $yHigh1 (f64x2.add (local.get $yHigh1) (f64x2.mul (v128.load offset=112 (local.get $packed)) (local.get $x1))))
      (local.set $packed (i32.add (local.get $packed) (i32.const 128)))
      (local.set $column (i32.add (local.get $row) (i32.const 32)))
      (block $end (loop $pair
        (br_if $end (i32.ge_u (local.get $column) (local.get $size)))
        (local.set $x0 (v128.load64_splat (i32.add (local.get $x) (local.get $column))))
        (local.set $x1 (v128.load64_splat offset=8 (i32.add (local.get $x) (local.get $column))))
        (local.set $low0 (v128.load (local.get $packed)))
        (local.set $high0 (v128.load offset=16 (local.get $packed)))
        (local.set $low1 (v128.load offset=32 (local.get $packed)))
        (local.set $high1 (v128.load offset=48 (local.get $packed)))
        (local.set $yLow0 (f64x2.add (local.get $yLow0) (f64x2.mul (local.get $low0) (local.get $x0))))
        (local.set $yHigh0 (f64x2.add (local.get $yHigh0) (f64x2.mul (local.get $high0) (local.get $x0))))
        (local.set $yLow1 (f64x2.add (local.get $yLow1) (f64x2.mul (local.get $low1) (local.get $x1))))
        (local.set $yHigh1 (f64x2.add (local.get $yHigh1) (f64x2.mul (local.get $high1) (local.get $x1))))
        ;; Down the two columns: products of four rows, added up by turning two columns into two lanes.
        (local.set $low0 (f64x2.add
          (f64x2.mul (local.get $low0) (local.get $xLow)) (f64x2.mul (local.get $high0) (local.get $xHigh))))
        (local.set $low1 (f64x2.add
          (f64x2.mul (local.get $low1) (local.get $xLow)) (f64x2.mul (local.get $high1) (local.get $xHigh))))
        (local.set $target (i32.add (local.get $y) (local.get $column)))
        (v128.store (local.get $target) (f64x2.add (v128.load (local.get $target)) (f64x2.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $low0) (local.get $low1))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $low0) (local.get $low1)))))
        (local.set $packed (i32.add (local.get $packed) (i32.const 64)))
        (local.set $column (i32.add (local.get $column) (i32.const 16)))
        (br $pair)))
      (local.set $target (i32.add (local.get $y) (local.get $row)))
      (v128.store (local.get $target)
        (f64x2.add (v128.load (local.get $target)) (f64x2.add (local.get $yLow0) (local.get $yLow1))))
      (v128.store offset=16 (local.get $target)
        (f64x2.add (v128.load offset=16 (local.get $target)) (f64x2.add (local.get $yHigh0) (local.get $yHigh1))))
      (local.set $row (i32.add (local.get $row) (i32.const 32)))
      (br $panel))))

  ;; y = Q (packed - sums sums^T / bars) Q x with Q = diag(scales): the correlation matrix times x. $scratch: one vector.
  (func (export "multiplyCorrelation")
    (param $y i32) (param $packed i32) (param $sums i32) (param $scales i32) (param $bars f64) (param $x i32)
    (param $scratch i32) (param $stride i32)
    (memory.copy (local.get $scratch) (local.get $x) (i32.shl (local.get $stride) (i32.const 3)))
    (call $multiplyElements (local.get $scratch) (local.get $scales) (local.get $stride))
    (call $multiply (local.get $y) (local.get $packed) (local.get $scratch) (local.get $stride))
    (call $addScaled
      (local.get $y)
      (f64.neg (f64.div (call $dot (local.get $sums) (local.get $scratch) (local.get $stride)) (local.get $bars)))
      (local.get $sums)
      (local.get $stride))
    (call $multiplyElements (local.get $y) (local.get $scales) (local.get $stride)))

  ;; Sum of the squared elements of the same correlation matrix.
  (func (export "correlationSquares")
    (param $packed i32) (param $sums i32) (param $scales i32) (param $bars f64) (param $stride i32) (result f64)
    (local $row i32) (local $column i32) (local $size i32) (local $inDiagonal i32) (local $total f64)
    (local $meanLow v128) (local $meanHigh v128) (local $scaleLow v128) (local $scaleHigh v128)
    (local $sum v128) (local $scale v128) (local $low v128) (local $high v128)
    (local $totalLow v128) (local $totalHigh v128)
    (local.set $size (i32.shl (local.get $stride) (i32.const 3)))
    (block $done (loop $panel
      (br_if $done (i32.ge_u (local.get $row) (local.get $size)))
      (local.set $meanLow (f64x2.div (v128.load (i32.add (local.get $sums) (local.get $row))) (f64x2.splat (local.get $bars))))
      (local.set $meanHigh (f64x2.div
        (v128.load offset=16 (i32.add (local.get $sums) (local.get $row))) (f64x2.splat (local.get $bars))))
      (local.set $totalLow (f64x2.splat (f64.const 0)))
      (local.set $totalHigh (f64x2.splat (f64.const 0)))
      (local.set $column (local.get $row))
      (local.set $inDiagonal (i32.const 4))
      (loop $next
        (local.set $sum (v128.load64_splat (i32.add (local.get $sums) (local.get $column))))
        (local.set $scale (v128.load64_splat (i32.add (local.get $scales) (local.get $column))))
        (local.set $low (f64x2.mul (local.get $scale)
          (f64x2.sub (v128.load (local.get $packed)) (f64x2.mul (local.get $meanLow) (local.get $sum)))))
        (local.set $high (f64x2.mul (local.get $scale)
          (f64x2.sub (v128.load offset=16 (local.get $packed)) (f64x2.mul (local.get $meanHigh) (local.get $sum)))))
        (local.set $totalLow (f64x2.add (local.get $totalLow) (f64x2.mul (local.get $low) (local.get $low))))
        (local.set $totalHigh (f64x2.add (local.get $totalHigh) (f64x2.mul (local.get $high) (local.get $high))))
        ;; What lies right of the diagonal block counts twice: halve the block instead.
        (local.set $inDiagonal (i32.sub (local.get $inDiagonal) (i32.const 1)))
        (if (i32.eqz (local.get $inDiagonal)) (then
          (local.set $totalLow (f64x2.mul (local.get $totalLow) (f64x2.splat (f64.const 0.5))))
          (local.set $totalHigh (f64x2.mul (local.get $totalHigh) (f64x2.splat (f64.const 0.5))))))
        (local.set $packed (i32.add (local.get $packed) (i32.const 32)))
        (local.set $column (i32.add (local.get $column) (i32.const 8)))
        (br_if $next (i32.lt_u (local.get $column) (local.get $size))))
      (local.set $scaleLow (v128.load (i32.add (local.get $scales) (local.get $row))))
      (local.set $scaleHigh (v128.load offset=16 (i32.add (local.get $scales) (local.get $row))))
      (local.set $total (f64.add (local.get $total) (call $sumOfFour
        (f64x2.mul (local.get $totalLow) (f64x2.mul (local.get $scaleLow) (local.get $scaleLow)))
        (f64x2.mul (local.get $totalHigh) (f64x2.mul (local.get $scaleHigh) (local.get $scaleHigh))))))
      (local.set $row (i32.add (local.get $row) (i32.const 32)))
      (br $panel)))
    (f64.mul (f64.const 2) (local.get $total)))
)
