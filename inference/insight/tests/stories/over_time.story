# Fifty seconds for a question of twenty-five.
device-check
0:00 ask One. for 25 s
0:00 speak 140
0:50 end
expect hint wrap_up between 0:25 and 0:26
expect words "Try next: Your answer took 50 s; the suggested time was 25 s."
hint 0:25.0 wrap_up | the suggested time is over
