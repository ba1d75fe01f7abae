# The sun sets during the answer.
device-check
0:00 speak 140
0:20 dark
0:40 end
expect hint more_light between 0:25 and 0:26
hint 0:25.0 more_light | too dark for 5.0 s
