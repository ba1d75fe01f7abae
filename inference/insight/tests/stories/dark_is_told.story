# Eight seconds of dark are told with their time.
device-check
0:00 speak 140
0:22 dark
0:30 clear
1:00 end
expect words "too dark to see you for 8 s (0:22 to 0:30)"
hint 0:25.0 more_light | too dark for 3.0 s
